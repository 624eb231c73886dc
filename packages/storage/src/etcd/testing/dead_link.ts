// A link on loopback that goes dead without a word, as one between machines does whose cable is pulled.
import { connect, createServer, type Socket } from 'node:net';

export interface DeadLink {
  /** In place of that of the server behind it. */
  readonly url: string;
  /**
   * Nothing gets through any more. What was connected before or meanwhile stays dead after the mending, as with TCP,
   * which asks again after ever longer times.
   */
  cut(): void;
  mend(): void;
  remove(): void;
}

export async function deadLink(url: string): Promise<DeadLink> {
  const target = new URL(url);
  const all = new Set<Socket>();
  let dead = false;
  const server = createServer((near) => {
    near.on('error', () => {});
    all.add(near);
    near.once('close', () => all.delete(near));
    if (dead) return;
    const far = connect(Number(target.port), target.hostname);
    all.add(far);
    far.once('close', () => all.delete(far));
    far.on('error', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    cut() {
      dead = true;
      for (const socket of all) socket.unpipe();
      for (const socket of all) socket.pause();
    },
    mend() {
      dead = false;
    },
    remove() {
      for (const socket of all) socket.destroy();
      server.close();
    },
  };
}
