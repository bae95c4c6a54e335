import type { Socket } from "node:net"
import { type Duplex, PassThrough, type Readable, Writable } from "node:stream"
import { setTimeout as sleep } from "node:timers/promises"
import type { Exec, PortForward, V1Status } from "../Client.ts"
import type { Subject } from "../classify.ts"

/** One command in one container, with what it reads and where it writes. */
export interface ExecCall extends Subject {
  readonly namespace: string
  readonly container: string
  readonly command: ReadonlyArray<string>
  readonly stdin?: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** A terminal: both outputs come as one. Where `stdout` has `rows` and `columns`, its changes of size are told. */
  readonly tty?: boolean
}

/** A pod to connect to. */
export interface Target {
  readonly name: string
  readonly namespace: string
}

type ExecSocket = Awaited<ReturnType<Exec["exec"]>>

/** More than this on its way to the server, and no more is read. */
const waitingBytesMax = 4 * 2 ** 20

/** Sends no faster than the connection takes it: the SDK would keep all that is not yet sent in memory. */
const pump = async (from: Readable, to: PassThrough, socket: ExecSocket): Promise<void> => {
  for await (const chunk of from) {
    while (socket.bufferedAmount > waitingBytesMax && socket.readyState === socket.OPEN) await sleep(5)
    if (socket.readyState !== socket.OPEN) return
    to.write(chunk)
  }
  to.end()
}

/** Runs one command and gives the server's verdict. Ends the command's connection when `signal` says so. */
export const runCommand = async (exec: Exec, call: ExecCall, signal: AbortSignal): Promise<V1Status> => {
  const { command, container, name, namespace, stderr, stdin, stdout, tty = false } = call
  const input = stdin === undefined ? null : new PassThrough()
  const words = [...command]
  return new Promise<V1Status>((resolve, reject) => {
    const joined = exec.exec(namespace, name, container, words, stdout, stderr, input, tty, resolve)
    joined
      .then(async (socket) => {
        socket.addEventListener("close", () => reject(new Error("the connection closed before the command ended")))
        signal.addEventListener("abort", () => socket.close())
        if (stdin !== undefined && input !== null) await pump(stdin, input, socket)
      })
      .catch(reject)
  })
}

/** Bytes of one local connection to a port of the pod and back. */
export const joinPod = async (
  forwarder: PortForward,
  { name, namespace }: Target,
  port: number,
  socket: Socket
): Promise<void> => {
  const complaint = new Writable({
    write: (said: Buffer, _encoding, done) => {
      // the channel for errors begins with an empty message
      if (said.length > 0) socket.destroy()
      done()
    }
  })
  const streams: Duplex = socket
  const remote = await forwarder.portForward(namespace, name, [port], streams, complaint, streams)
  if (typeof remote === "function") return
  remote.addEventListener("close", () => void socket.end())
  socket.on("close", () => remote.close())
}
