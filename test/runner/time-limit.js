/** The light runner has no time limit. This gives every test and hook one, so that one that hangs fails under its own name. */
import {addEventHandler} from 'jest-circus';

/** Far more than any test needs: a busy machine is slow. A test that needs a longer or shorter limit passes it to `test`. */
const LIMIT_MS = 120_000;

addEventHandler((event, {currentDescribeBlock}) => {
  if (event.name === 'add_test') limit(currentDescribeBlock.tests.at(-1), event.timeout);
  if (event.name === 'add_hook') limit(currentDescribeBlock.hooks.at(-1), event.timeout);
});

function limit(step, milliseconds = LIMIT_MS) {
  const {fn} = step;
  if (fn === undefined) return;
  step.fn = async () => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`This did not end within ${milliseconds / 1000} s.`)), milliseconds);
    });
    try {
      return await Promise.race([fn(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
