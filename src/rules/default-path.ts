/** The default path of the rules file, relative to the root of the repository. */
export const DEFAULT_RULES = '.github/port-reactor.yml';
