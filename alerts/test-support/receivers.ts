import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";

/** Something that Alertmanager sends to, on this machine, which keeps all that it got. */
export interface Receiver<Message> {
  readonly port: number;
  readonly messages: readonly Message[];
  /** What it answers from now on: 200 takes a message, anything else refuses it. */
  answer(status: number): void;
  close(): void;
}

/** A webhook, Slack, PagerDuty or a dead man's switch: JSON by POST; a refused message is not kept. */
export async function httpReceiver(): Promise<Receiver<Record<string, unknown>>> {
  const messages: Record<string, unknown>[] = [];
  let status = 200;
  const server = createHttpServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      if (status === 200) messages.push(JSON.parse(body) as Record<string, unknown>);
      response.writeHead(status, { "content-type": "application/json" }).end(status === 200 ? '{"status":"success","message":"ok"}' : "{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    messages,
    answer: (wanted) => (status = wanted),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A mail server that takes every mail without encryption. */
export async function mailReceiver(): Promise<Receiver<string>> {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    let data: string | undefined;
    let rest = "";
    const reply = (line: string): boolean => socket.write(`${line}\r\n`);
    reply("220 test");
    socket.setEncoding("utf8").on("error", () => undefined).on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (data !== undefined) {
          if (line === ".") {
            messages.push(data);
            data = undefined;
            reply("250 taken");
          } else data += `${line}\n`;
        } else if (/^DATA/i.test(line)) {
          data = "";
          reply("354 go on");
        } else reply(/^QUIT/i.test(line) ? "221 bye" : "250 ok");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, messages, answer: () => undefined, close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    } };
}
