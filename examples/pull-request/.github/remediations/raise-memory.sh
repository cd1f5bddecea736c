#!/usr/bin/env bash
# Proposes 25 % more memory for a service, as a pull request against services/<entity>/values.yaml.
#
# Only a file that exists in this repository is changed: the identifier is text of the catalog. The branch has one name for each service,
# so that a second run while the pull request is open changes nothing.
#
#   GH_TOKEN       may push branches and open pull requests
#   MAX_MEMORY_MI  never more than this   4096
#
# The repository must allow it: Settings → Actions → General → "Allow GitHub Actions to create and approve pull requests".
# Exit codes: 0 proposed, or a pull request is open already; 1 git or GitHub refused; 2 the service or its file is missing;
# 3 the ceiling is reached: nothing was proposed.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

entity=${1:-} ceiling=${MAX_MEMORY_MI:-4096}
[[ $entity =~ ^[a-z0-9][a-z0-9-]{0,99}$ ]] || fail 2 'The identifier of the entity is not the name of a folder. Nothing was proposed.'
file=services/$entity/values.yaml branch=port-reactor/memory-of-$entity
[[ -f $file ]] || fail 2 "$file is missing. Nothing was proposed."

now=$(sed -nE 's/^  memory: ([0-9]+)Mi$/\1/p' "$file")
[[ $now =~ ^[1-9][0-9]{0,5}$ ]] || fail 2 "$file has no line \"  memory: <number>Mi\"."
wanted=$((now * 5 / 4))
((wanted <= ceiling)) || fail 3 "$entity has ${now}Mi, and may not get more than ${ceiling}Mi. Nothing was proposed."

# The token is not written into .git/config: git asks for it.
[[ -n ${REMOTE:-} ]] || gh auth setup-git || fail 1 'gh is missing, or GH_TOKEN is wrong.'
branches=$(git ls-remote --heads "${REMOTE:-origin}" "$branch") || fail 1 'GitHub does not list the branches of this repository.'
if [[ -n $branches ]]; then
  echo "The branch $branch exists already. Merge or delete it first."
  exit 0
fi
git switch --quiet --create "$branch"
sed -i -E "s/^  memory: [0-9]+Mi$/  memory: ${wanted}Mi/" "$file"
git -c user.name='port-reactor[bot]' -c user.email='port-reactor[bot]@users.noreply.github.com' commit --quiet --message "Raise the memory of $entity to ${wanted}Mi" -- "$file"
git push --quiet "${REMOTE:-origin}" "$branch" || fail 1 "GitHub refused the branch $branch."
gh pr create --head "$branch" --title "Raise the memory of $entity to ${wanted}Mi" --body "It was at ${now}Mi, and more than 90 % of it was used. Run: ${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_REPOSITORY:-}/actions/runs/${GITHUB_RUN_ID:-}" ||
  fail 1 "The branch $branch is pushed, but the pull request could not be opened."
