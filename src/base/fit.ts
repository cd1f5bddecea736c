/** The longest prefix of the items whose total size fits into the room. */
export function firstThatFit<T>(items: readonly T[], room: number, sizeOf: (item: T) => number): T[] {
  let remaining = room;
  const end = items.findIndex(item => {
    remaining -= sizeOf(item);
    return remaining < 0;
  });
  return end === -1 ? [...items] : items.slice(0, end);
}
