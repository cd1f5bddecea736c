/** A corporate proxy: opens a tunnel to the requested host for CONNECT, and refuses other requests. */
import {once} from 'node:events';
import {createServer} from 'node:http';
import {type AddressInfo, connect, type Socket} from 'node:net';

export interface TestProxy {
  readonly url: string;
  /** The requested tunnels as `host:port`, in order. */
  readonly asked: readonly string[];
  /** The basic credentials of the requests. */
  readonly credentials: readonly string[];
  close(): void;
}

/** @param hosts the URL for each host, `http://127.0.0.1:<port>`. The proxy refuses other hosts. */
export async function startProxy(hosts: Readonly<Record<string, string>>): Promise<TestProxy> {
  const [asked, credentials, sockets] = [[] as string[], [] as string[], new Set<Socket>()];
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connection', socket => sockets.add(socket));
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization'] ?? '');
    const address = hosts[(request.url ?? '').replace(/:\d+$/, '')];
    if (address === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const target = connect(Number(new URL(address).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    sockets.add(target);
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    credentials,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
