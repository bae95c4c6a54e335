import { connect, createServer, type Server, type Socket } from "node:net"

/** How long the wire holds back what goes to the server: long enough that a kill finds calls on their way. */
const delayMs = 60

/**
 * A slow way to a server on the loopback that counts the parcels it is given. What was sent before its sender was killed
 * still arrives, as it would on a real network, and later than the rest: in the middle of what the next run does.
 */
export class SlowWire {
  readonly port: number
  /** How much later than others a parcel arrives whose sender is gone. */
  lateMs = 0
  parcels = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #onParcel: () => void = () => {}

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  /** Opens a wire to this port. */
  static open(portOfServer: number): Promise<SlowWire> {
    return new Promise((resolve, reject) => {
      const server = createServer((client) => wire.#carry(client, connect(portOfServer, "127.0.0.1")))
      let wire: SlowWire
      server.once("error", reject).listen(0, "127.0.0.1", () => {
        const address = server.address()
        wire = new SlowWire(server, typeof address === "object" && address !== null ? address.port : 0)
        resolve(wire)
      })
    })
  }

  /** Resolves when so many more parcels have been sent, or `orElse` has ended. */
  async sent(parcels: number, orElse: Promise<unknown>): Promise<void> {
    const goal = this.parcels + parcels
    const reached = new Promise<void>((resolve) => {
      this.#onParcel = () => {
        if (this.parcels >= goal) resolve()
      }
    })
    await Promise.race([reached, orElse])
    this.#onParcel = () => {}
  }

  /** Lets everything on the way arrive, and no more. */
  async close(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 2 * delayMs + this.lateMs))
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #carry(client: Socket, server: Socket): void {
    const deliver = (work: () => void): void => {
      const orLate = () => (client.destroyed ? void setTimeout(work, this.lateMs) : work())
      setTimeout(orLate, delayMs)
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      // A killed process resets its connections; that is the whole point, and the end of them follows anyway.
      socket.setNoDelay(true).on("error", () => {})
      socket.on("close", () => this.#sockets.delete(socket))
    }
    client.on("data", (parcel) => {
      this.parcels++
      deliver(() => server.write(parcel))
      this.#onParcel()
    })
    server.on("data", (parcel) => client.writable && client.write(parcel))
    client.on("close", () => deliver(() => server.end()))
    server.on("close", () => client.destroy())
  }
}
