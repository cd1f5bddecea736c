/** The version that this command line was built from. */
import manifest from '../../../package.json' with {type: 'json'};

/** `1.0.0` */
export const VERSION: string = manifest.version;
