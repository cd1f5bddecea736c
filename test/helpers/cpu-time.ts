/**
 * How many milliseconds of the processor the work takes. Unlike a clock, this does not count what other processes do on a busy
 * machine.
 */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1_000;
}
