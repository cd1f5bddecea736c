/** The process that runs test files for runner.js, with the part of jest-light-runner that runs one file. */
const {default: runFile, setWorkerData} = await import(
  new URL('worker-runner.js', import.meta.resolve('jest-light-runner')).href
);

process.on('message', async ({path, globalConfig, projectConfig}) => {
  setWorkerData({globalConfig, projectConfig, runtime: 'child_process'});
  try {
    process.send({result: await runFile(path)});
  } catch ({message, stack}) {
    process.send({error: {message, stack}});
  }
});

// A test can leave a server open, so the process has to be ended. `exit` still writes the coverage.
process.on('disconnect', () => process.exit());
