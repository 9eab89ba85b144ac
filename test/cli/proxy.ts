import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { SelfSigned } from './self-signed.ts';

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return portOf(server);
}

/** Passes a request on to another server over HTTP, and its answer back. */
function passOn(port: number) {
  return (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url = '' } = incoming;
    const path = url.startsWith('http') ? new URL(url).pathname : url;
    const onward = request({ port, host: '127.0.0.1', method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  };
}

/** A proxy on this machine. */
export interface TestProxy {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /**
   * What it was asked for: `CONNECT host:port`, or the URL of a request over HTTP; then the login, if one was
   * given.
   */
  readonly asked: string[];
  /** Refuses tunnels with this status line from now on; undefined: opens them. */
  refuse: string | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Starts a proxy in this process. Every tunnel ends at a TLS server with the certificate, every request at
 * the port: whatever host was asked for is the server there.
 */
export async function startProxy(port: number, certificate: SelfSigned): Promise<TestProxy> {
  const tls = createTlsServer({ ...certificate }, passOn(port));
  const tlsPort = await listening(tls);
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const note = (what: string, { headers }: IncomingMessage) => {
    const login = headers['proxy-authorization'];
    asked.push(login === undefined ? what : `${what} ${Buffer.from(login.replace('Basic ', ''), 'base64').toString()}`);
  };
  const server = createServer((incoming, response) => {
    note(incoming.url ?? '', incoming);
    passOn(port)(incoming, response);
  });
  const proxy = { refuse: undefined as string | undefined };
  server.on('connect', (incoming, socket: Socket) => {
    note(`CONNECT ${incoming.url}`, incoming);
    sockets.add(socket);
    if (proxy.refuse !== undefined) {
      socket.end(`HTTP/1.1 ${proxy.refuse}\r\n\r\n`);
      return;
    }
    const tunnel = connect(tlsPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      tunnel.pipe(socket).pipe(tunnel);
    });
    sockets.add(tunnel);
    for (const end of [socket, tunnel]) end.on('error', () => void end.destroy());
  });
  const proxyPort = await listening(server);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    for (const one of [server, tls]) {
      one.closeAllConnections();
      one.close();
      await once(one, 'close');
    }
  };
  return Object.assign(proxy, { url: `http://127.0.0.1:${proxyPort}`, asked, close });
}
