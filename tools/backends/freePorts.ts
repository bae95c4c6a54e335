import { createServer } from "node:net"
import { tryHold } from "./hold.ts"

// Below the range from which the kernel takes ports for outgoing connections, so that none of those gets ours.
const first = 20_000
const count = 12_000

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })

/** Ports of the loopback that nobody listens on, and that no other start gets while this process lives. */
export const freePorts = async (wanted: number): Promise<ReadonlyArray<number>> => {
  const ports: Array<number> = []
  for (let tries = 0; ports.length < wanted; tries++) {
    if (tries > 1_000) throw new Error("no free port on the loopback")
    const port = first + Math.floor(Math.random() * count)
    if ((await isFree(port)) && (await tryHold(`port-${port}`)) !== undefined) ports.push(port)
  }
  return ports
}
