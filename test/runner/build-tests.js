/** Builds the tests to JavaScript that every supported Node runs without a sandbox and that loads each module once per process. */
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {pathToFileURL} from 'node:url';
import {build} from 'esbuild';

/** Bundled modules: Jest's globals, which only its default runner provides, and a package that imports JSON as only bundlers can. */
const BUNDLED = /^@(jest\/globals|actions\/workflow-parser)/;

/**
 * Builds every test below `test/` to a file of the same path below `folder`, with `.js` added to its name.
 * Unchanged files are not written again, so that another run can still read them.
 */
export async function buildTests(root, folder) {
  const tests = readdirSync(join(root, 'test'), {recursive: true}).filter(name => name.endsWith('.test.ts'));
  const {outputFiles} = await build({
    absWorkingDir: root,
    entryPoints: tests.map(name => ({in: join('test', name), out: join('test', name)})),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    chunkNames: 'chunks/[hash]',
    alias: {'@jest/globals': join(root, 'test/runner/jest-globals.js')},
    plugins: [externalJavaScript, sourcePaths],
    write: false,
    logLevel: 'warning',
  });
  writeChanged(folder, outputFiles);
}

const externalJavaScript = {
  name: 'packages and our own JavaScript files are external',
  setup({onResolve}) {
    onResolve({filter: /^[^./]/}, ({path}) => (BUNDLED.test(path) ? undefined : {path, external: true}));
    onResolve({filter: /^\..*\.js$/}, ({path, resolveDir}) =>
      resolveDir.includes('node_modules')
        ? undefined
        : {path: pathToFileURL(join(resolveDir, path)).href, external: true},
    );
  },
};

/** Constants that replace `import.meta` in each file. It would name the built file, but fixtures are next to the source. */
const PLACES = {url: 'sourceUrl', filename: 'sourceFile', dirname: 'sourceFolder'};

const sourcePaths = {
  name: 'paths of the sources',
  setup({initialOptions, onLoad}) {
    initialOptions.define = Object.fromEntries(
      Object.entries(PLACES).map(([name, constant]) => [`import.meta.${name}`, constant]),
    );
    onLoad({filter: /\.ts$/}, ({path}) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const values = {url: pathToFileURL(path).href, filename: path, dirname: dirname(path)};
      const constants = Object.entries(PLACES).map(
        ([name, constant]) => `const ${constant} = ${JSON.stringify(values[name])};`,
      );
      return {contents: constants.join(' ') + text, loader: 'ts'};
    });
  },
};

function writeChanged(folder, outputFiles) {
  const wanted = new Set(outputFiles.map(({path}) => relative(folder, path)));
  const present = existsSync(folder)
    ? readdirSync(folder, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())
    : [];
  for (const {parentPath, name} of present) {
    const path = join(parentPath, name);
    if (!wanted.has(relative(folder, path))) rmSync(path);
  }
  for (const {path, text} of outputFiles) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, text);
  }
}
