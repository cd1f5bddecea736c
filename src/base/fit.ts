/** The first items whose sizes fit into the room together. */
export function firstThatFit<T>(items: readonly T[], room: number, sizeOf: (item: T) => number): T[] {
  let left = room;
  const end = items.findIndex(item => {
    left -= sizeOf(item);
    return left < 0;
  });
  return end === -1 ? [...items] : items.slice(0, end);
}
