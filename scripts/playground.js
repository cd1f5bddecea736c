/** Builds dist/playground.html: the playground as one file, from the same sources as the action. Needs lib/ (tsc). */
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

const at = path => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Browser replacements for the Node modules that the sources use. */
const SHIMS = {'node:crypto': at('src/playground/shims/crypto.ts')};
const SHIM_GLOBALS = at('src/playground/shims/globals.ts');

const NAMESPACE = 'not-in-browsers';

/** Only parts that the page does not use import other modules of Node. `buildPlayground` verifies this. */
const nodeModules = {
  name: 'node-modules',
  setup({onResolve, onLoad}) {
    onResolve({filter: /^node:/}, ({path}) => {
      const shim = SHIMS[path];
      return shim === undefined ? {path, namespace: NAMESPACE, sideEffects: false} : {path: shim};
    });
    onLoad({filter: /.*/, namespace: NAMESPACE}, () => ({contents: 'module.exports = {};', loader: 'js'}));
  },
};

/** zod contains messages in 50 languages, which would be more than half of the bundle. The sources have their own messages. */
const noLocales = {
  name: 'no-locales',
  setup({onLoad}) {
    onLoad({filter: /node_modules[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/}, () => ({contents: 'export {};'}));
  },
};

/** @returns the script, which imports nothing, and the folders of the packages in it @throws if it needs a module of Node */
async function bundle() {
  const {outputFiles, metafile} = await build({
    entryPoints: [at('src/playground/browser/main.ts')],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    platform: 'browser',
    target: ['es2022'],
    charset: 'ascii',
    legalComments: 'none', // see licenseOf
    alias: {yaml: at('node_modules/yaml/browser/index.js')},
    inject: [SHIM_GLOBALS],
    plugins: [nodeModules, noLocales],
    logLevel: 'warning',
    absWorkingDir: at('.'),
  });
  const [output] = Object.values(metafile.outputs);
  const missing = Object.entries(output.inputs).filter(
    ([name, {bytesInOutput}]) => name.startsWith(`${NAMESPACE}:`) && bytesInOutput > 0,
  );
  if (missing.length > 0)
    throw new Error(`The playground needs shims for ${missing.map(([name]) => name).join(', ')}.`);
  return {script: outputFiles[0].text, packages: packagesOf(output.inputs)};
}

/** The folders of the packages that are part of the output, sorted. */
function packagesOf(inputs) {
  const used = Object.entries(inputs).filter(([, {bytesInOutput}]) => bytesInOutput > 0);
  const folders = used.flatMap(([name]) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(name) ?? []);
  return [...new Set(folders)].sort();
}

/** @throws if a package has no license file */
function licenseOf(folder) {
  const name = folder.replace('node_modules/', '');
  const file = readdirSync(at(folder)).find(entry => /^licen[sc]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no license file.`);
  return `${name}\n${readFileSync(at(`${folder}/${file}`), 'utf8').trim()}\n`;
}

export async function buildPlayground() {
  const {playgroundPage} = await import('../lib/src/playground/shell.js');
  mkdirSync(at('dist'), {recursive: true});
  const {script, packages} = await bundle();
  writeFileSync(at('dist/playground.html'), playgroundPage(script, packages.map(licenseOf).join('\n')));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildPlayground();
  console.log('Open dist/playground.html in a browser.');
}
