/** The version that this command line was built from. */
import manifest from '../../../package.json' with {type: 'json'};

/** `1.0.0` */
export const VERSION: string = manifest.version;

/** The action of this version, as workflows name it: `OWNER/port-reactor@v1`. */
export const ACTION = `${manifest.repository.replace('github:', '')}@v${manifest.version.split('.')[0]}`;
