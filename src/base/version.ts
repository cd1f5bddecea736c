/** The version of this project, and its address as an action. */
import manifest from '../../package.json' with {type: 'json'};

/** `1.0.0` */
export const VERSION: string = manifest.version;

/** The action of this version, as workflows name it: `OWNER/port-reactor@v1`. */
export const ACTION = `${manifest.repository.replace('github:', '')}@v${manifest.version.split('.')[0]}`;
