#!/usr/bin/env bash
# Opens a pull request that gives a service 25 % more memory. It changes services/<entity>/values.yaml.
#
# The identifier is catalog text, so the script only changes a file that already exists in this repository. Each service has one branch.
# If that branch exists, for example because a pull request is open, the script changes nothing.
#
#   Variable       Meaning                                                    Default
#   GH_TOKEN       a token that can push branches and open pull requests
#   MAX_MEMORY_MI  the ceiling, in Mi                                         4096
#
# The repository must allow this: Settings → Actions → General → "Allow GitHub Actions to create and approve pull requests".
# Exit codes: 0 proposed, or the branch already exists; 1 git or GitHub refused; 2 the service or its file is missing;
# 3 the ceiling is reached: nothing was proposed.
set -euo pipefail

fail() {
  printf '%s\n' "$2" >&2
  exit "$1"
}

entity=${1:-} ceiling=${MAX_MEMORY_MI:-4096}
[[ $entity =~ ^[a-z0-9][a-z0-9-]{0,99}$ ]] || fail 2 'The identifier of the entity is not a valid folder name. Nothing was proposed.'
file=services/$entity/values.yaml branch=port-reactor/memory-of-$entity
[[ -f $file ]] || fail 2 "$file is missing. Nothing was proposed."

now=$(sed -nE 's/^  memory: ([0-9]+)Mi$/\1/p' "$file")
[[ $now =~ ^[1-9][0-9]{0,5}$ ]] || fail 2 "$file has no line \"  memory: <number>Mi\". Nothing was proposed."
wanted=$((now * 5 / 4))
((wanted <= ceiling)) || fail 3 "$entity has ${now}Mi. 25 % more would exceed the ceiling of ${ceiling}Mi (MAX_MEMORY_MI). Nothing was proposed."

# gh passes the token to git when git asks for it, so it is not written into .git/config.
[[ -n ${REMOTE:-} ]] || gh auth setup-git || fail 1 'gh is not installed, or GH_TOKEN is not valid.'
branches=$(git ls-remote --heads "${REMOTE:-origin}" "$branch") || fail 1 'The branches of this repository could not be listed. Check GH_TOKEN.'
if [[ -n $branches ]]; then
  echo "The branch $branch already exists. Merge or delete it first. Nothing was proposed."
  exit 0
fi
git switch --quiet --create "$branch"
sed -i -E "s/^  memory: [0-9]+Mi$/  memory: ${wanted}Mi/" "$file"
git -c user.name='port-reactor[bot]' -c user.email='port-reactor[bot]@users.noreply.github.com' commit --quiet --message "Raise the memory of $entity to ${wanted}Mi" -- "$file"
git push --quiet "${REMOTE:-origin}" "$branch" || fail 1 "GitHub refused the branch $branch."
gh pr create --head "$branch" --title "Raise the memory of $entity to ${wanted}Mi" --body "The limit was ${now}Mi, and more than 90 % of it was used. Run: ${GITHUB_SERVER_URL:-https://github.com}/${GITHUB_REPOSITORY:-}/actions/runs/${GITHUB_RUN_ID:-}" ||
  fail 1 "The branch $branch was pushed, but the pull request could not be opened. Open it by hand, or delete the branch."
