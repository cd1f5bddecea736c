/** Loaded into a measured server before its own code (`--import`): reports the resource usage of the process over IPC. */

/** Microseconds of CPU time (user and system) since the start of the process, and bytes of resident memory. */
export interface Usage {
  readonly cpuMicros: number;
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

process.on('message', () => {
  const {user, system} = process.cpuUsage();
  const usage: Usage = {
    cpuMicros: user + system,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  process.send?.(usage);
});
process.channel?.unref(); // must not keep the server's process running
