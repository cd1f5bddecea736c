/** Maps stack traces to lines of the sources. It reads a map only for a trace that is printed. Node's own option reads all maps. */
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import sourceMaps from 'source-map-support';

sourceMaps.install({
  retrieveFile: file =>
    file.startsWith('file:') ? readFileSync(fileURLToPath(file.replace(/\?.*/, '')), 'utf8') : null,
});
