/** The light runner has no time limit. This gives each test and hook a limit, so that a test that hangs fails by name. */
import {addEventHandler} from 'jest-circus';

/** Far more than any test takes, because a busy machine is slow. A test that requires another limit passes it to `test`. */
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
