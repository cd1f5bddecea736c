/**
 * Act: writes log lines to standard output. It never blocks on it and never ends because of it. If a reader stops or leaves, or
 * the disk is full, lines are dropped and counted.
 */
import {fstatSync, writeSync} from 'node:fs';
import {Socket} from 'node:net';
import type {DestinationStream} from 'pino';

/** The destination of the log. */
export interface LogDestination extends DestinationStream {
  /** The number of lines that were not written since the start. */
  readonly dropped: number;
}

interface LogOutput extends LogDestination {
  /** Resolves when all lines are written, and after `maxMs` in any case. */
  drain(maxMs: number): Promise<void>;
}

/** The maximum that waits for a reader: some thousand lines. */
const MAX_WAITING_BYTES = 1024 * 1024;

interface Sink {
  /** Writes the text, at once or later. Calls back if it is lost. */
  write(text: string, onLost: () => void): void;
  readonly waitingBytes: number;
}

/**
 * The lines of one turn of the event loop are written together. Under load that takes a tenth of the calls.
 * @param fd of a pipe, a socket, a file or a terminal
 */
export function createOutput(fd = 1): LogOutput {
  const stat = fstatSync(fd);
  const sink = stat.isFIFO() || stat.isSocket() ? streamSink(fd) : fileSink(fd);
  let lines: string[] = [];
  let [bytes, dropped, reported] = [0, 0, 0];
  const flush = () => {
    if (lines.length === 0) return;
    const [count, missed] = [lines.length, dropped - reported];
    reported = dropped;
    sink.write(lines.join('') + (missed > 0 ? gap(missed) : ''), () => {
      dropped += count;
      reported -= missed;
    });
    [lines, bytes] = [[], 0];
  };
  process.on('exit', flush);
  return {
    get dropped() {
      return dropped;
    },
    write(line) {
      if (bytes + sink.waitingBytes > MAX_WAITING_BYTES) {
        dropped++;
        return;
      }
      if (lines.push(line) === 1) setImmediate(flush);
      bytes += Buffer.byteLength(line);
    },
    async drain(maxMs) {
      flush();
      const endMs = performance.now() + maxMs;
      // Polled, since a sink whose reader has stopped never reports that it is done.
      while (sink.waitingBytes > 0 && performance.now() < endMs) await new Promise(resolve => setTimeout(resolve, 10));
    },
  };
}

/** A line that makes lost ones visible to the reader. */
function gap(lines: number): string {
  const msg = 'log lines were dropped because standard output did not accept them';
  return `${JSON.stringify({level: 'warn', time: new Date().toISOString(), lines, msg})}\n`;
}

/** A full pipe is written in the background. After its reader has left, it accepts nothing. */
function streamSink(fd: number): Sink {
  const stream = new Socket({fd, readable: false, writable: true});
  stream.on('error', () => {}); // EPIPE: the stream is destroyed, and all its writes fail
  return {
    write(text, onLost) {
      stream.write(text, error => error && onLost());
    },
    get waitingBytes() {
      return stream.destroyed ? 0 : stream.writableLength;
    },
  };
}

/** Files accept text at once, or refuse it while the disk is full. Then the rest is lost. */
function fileSink(fd: number): Sink {
  return {
    waitingBytes: 0,
    write(text, onLost) {
      let rest = Buffer.from(text);
      try {
        while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
      } catch {
        onLost();
      }
    },
  };
}
