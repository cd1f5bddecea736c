/** The account that hosts this project, in the files that name it. package.json is the only place where it is set. */

/** The placeholder until the account is known. The files instruct readers to replace it. */
const PLACEHOLDER = 'OWNER';

/** The owner of `github:owner/name`, the form of `repository` in package.json. */
export function ownerOf({repository}) {
  return repository.replace('github:', '').split('/')[0];
}

/** The text with this owner in the addresses of the project, its images and its action. Removes the instruction to replace the placeholder. */
export function withOwner(text, owner) {
  const owned = text
    .replaceAll(
      /(?<=(?:github\.com|githubusercontent\.com|ghcr\.io)\/|(?:uses|repository): )[\w-]+(?=\/port-reactor)/g,
      owner,
    )
    .replaceAll(/^\* @\S+$/gm, `* @${owner}`);
  return owner === PLACEHOLDER ? owned : withoutInstructions(owned);
}

function withoutInstructions(text) {
  return text
    .replaceAll(/ ?(?:In its workflows, replace|Replace) `OWNER` with the account[^.]*\./g, '')
    .replaceAll(/`?\bOWNER\b`?(?:,| and) /g, '');
}
