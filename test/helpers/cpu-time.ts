/**
 * The processor time of the work, in milliseconds. Unlike a clock, it does not count other processes of a busy machine.
 */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1_000;
}
