/** The path of the rules file from the root of the repository, if no other is given. */
export const DEFAULT_RULES = '.github/port-reactor.yml';
