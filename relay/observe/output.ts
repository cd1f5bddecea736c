/**
 * Act: writes log lines to standard output, without blocking and without failing. If the reader stops or disconnects, or the disk
 * is full, lines are dropped and counted.
 */
import {fstatSync, writeSync} from 'node:fs';
import {Socket} from 'node:net';
import type {DestinationStream} from 'pino';

/** The destination of the log. */
export interface LogDestination extends DestinationStream {
  /** The number of lines dropped since the start. */
  readonly dropped: number;
}

interface LogOutput extends LogDestination {
  /** Resolves when all lines are written, or after `maxMs`. */
  drain(maxMs: number): Promise<void>;
}

/** The maximum size of buffered lines: several thousand lines. */
const MAX_WAITING_BYTES = 1024 * 1024;

interface Sink {
  /** Writes the text, immediately or later. Calls back if it is lost. */
  write(text: string, onLost: () => void): void;
  readonly waitingBytes: number;
}

/**
 * Writes the lines of one turn of the event loop together. Under load, that reduces the number of writes to a tenth.
 * @param fd the file descriptor of a pipe, a socket, a file or a terminal
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
    sink.write(lines.join('') + (missed > 0 ? droppedLine(missed) : ''), () => {
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
      // Polls, because a sink whose reader has stopped never reports completion.
      while (sink.waitingBytes > 0 && performance.now() < endMs) await new Promise(resolve => setTimeout(resolve, 10));
    },
  };
}

/** A line that reports dropped lines to the reader. */
function droppedLine(lines: number): string {
  const msg = 'log lines were dropped because standard output did not accept them';
  return `${JSON.stringify({level: 'warn', time: new Date().toISOString(), lines, msg})}\n`;
}

/** Writes to a full pipe in the background. After its reader disconnects, all writes fail. */
function streamSink(fd: number): Sink {
  const stream = new Socket({fd, readable: false, writable: true});
  stream.on('error', () => {}); // EPIPE: Node destroys the stream, and all its writes fail
  return {
    write(text, onLost) {
      stream.write(text, error => error && onLost());
    },
    get waitingBytes() {
      return stream.destroyed ? 0 : stream.writableLength;
    },
  };
}

/** Writes to files synchronously. If the disk is full, the rest of the text is lost. */
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
