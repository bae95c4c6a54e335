import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { Agent, request } from "node:https"
import type { Socket } from "node:net"
import { connect } from "node:tls"
import { parse, stringify } from "yaml"
import { type Asked, isLaterPage, lineOf } from "./Asked.ts"
import { type Fault, goneEvent, refusalOf } from "./Fault.ts"
import { type FaultPlan, noFaults } from "./FaultPlan.ts"

interface Kubeconfig {
  readonly clusters: ReadonlyArray<{
    readonly name: string
    readonly cluster: { readonly server: string; readonly "certificate-authority": string }
  }>
}

/** One request and what befell it. */
export interface Record {
  readonly line: string
  readonly fault: Fault["type"] | undefined
}

const askedOf = ({ method = "GET", url = "/" }: IncomingMessage): Asked => {
  const { pathname, searchParams } = new URL(url, "http://proxy")
  return { method, path: pathname, query: searchParams }
}

/** Stands on the loopback before an API server, hands on what is asked, and breaks it as its plan says. */
export class FaultProxy {
  /** Set anew at any time; the next request meets it. */
  plan: FaultPlan = noFaults
  readonly #server: Server
  readonly #target: URL
  readonly #ca: Buffer
  readonly #agent: Agent
  readonly #kubeconfig: Kubeconfig
  readonly #open = new Set<Socket>()
  readonly #records: Array<Record> = []

  private constructor(kubeconfig: string) {
    this.#kubeconfig = parse(readFileSync(kubeconfig, "utf8")) as Kubeconfig
    const cluster = this.#kubeconfig.clusters[0]?.cluster
    this.#target = new URL(cluster?.server ?? "")
    this.#ca = readFileSync(cluster?.["certificate-authority"] ?? "")
    this.#agent = new Agent({ keepAlive: true, ca: this.#ca })
    this.#server = createServer((asked, reply) => void this.#answer(asked, reply))
    this.#server.on("connection", (socket: Socket) => {
      this.#open.add(socket)
      socket.on("close", () => this.#open.delete(socket)).on("error", () => undefined)
    })
    this.#server.on("upgrade", (asked: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade(asked, socket, head)
    )
  }

  /** Opens one before the server of a kubeconfig that names its authority's file. */
  static async open(kubeconfig: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(kubeconfig)
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve))
    return proxy
  }

  /** The same kubeconfig, through the proxy. */
  get kubeconfig(): string {
    const at = this.#server.address()
    const server = `http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}`
    const clusters = this.#kubeconfig.clusters.map(({ name }) => ({ name, cluster: { server } }))
    return stringify({ ...this.#kubeconfig, clusters })
  }

  /** What was asked until now, in order. */
  get records(): ReadonlyArray<Record> {
    return this.#records
  }

  /** Breaks every connection that is open. */
  cutAll(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** Breaks what is open and listens no more. */
  async close(): Promise<void> {
    this.cutAll()
    this.#agent.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #answer(asked: IncomingMessage, reply: ServerResponse): Promise<void> {
    const it = askedOf(asked)
    const fault = this.plan(it)
    this.#records.push({ line: lineOf(it), fault: fault?.type })
    const body = Buffer.concat(await asked.toArray())
    if (fault?.type === "lostRequest") return void asked.socket.destroy()
    if (fault?.type === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms))
    const refusal = fault && refusalOf(fault, isLaterPage(it))
    if (refusal !== undefined) {
      reply.writeHead(refusal.status, { "content-type": "application/json", ...refusal.headers })
      return void reply.end(JSON.stringify(refusal.body))
    }
    this.#handOn(asked, body, reply, fault)
  }

  #handOn(asked: IncomingMessage, body: Buffer, reply: ServerResponse, fault: Fault | undefined): void {
    const headers = { ...asked.headers, host: this.#target.host }
    const { hostname, port } = this.#target
    const handed = request({ hostname, port, path: asked.url, method: asked.method, headers, agent: this.#agent })
    handed.on("error", () => reply.destroy())
    reply.on("close", () => handed.destroy())
    handed.on("response", (answer) => {
      answer.on("error", () => reply.destroy())
      if (fault?.type === "lostReply") {
        answer.resume().on("end", () => reply.destroy())
        return
      }
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      reply.flushHeaders()
      answer.pipe(reply)
      if (fault !== undefined) breakStream(fault, answer, reply)
    })
    handed.end(body)
  }

  /** Commands and forwarded ports are refused at the most: what runs inside of them cannot be run twice. */
  #upgrade(asked: IncomingMessage, socket: Socket, head: Buffer): void {
    const it = askedOf(asked)
    const fault = this.plan(it)
    const refused = fault?.type === "lostRequest"
    this.#records.push({ line: lineOf(it), fault: refused ? fault.type : undefined })
    if (refused) return void socket.destroy()
    const { hostname: host, port } = this.#target
    const onward = connect({ host, port: Number(port), ca: this.#ca }, () => {
      const headers = Object.entries({ ...asked.headers, host: this.#target.host })
      const lines = headers.flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}`))
      onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`)
      onward.write(head)
      onward.pipe(socket)
      socket.pipe(onward)
    })
    onward.on("error", () => socket.destroy()).on("close", () => socket.destroy())
    socket.on("close", () => onward.destroy())
  }
}

/** Ends a stream that has begun, in one of the ways in which streams end. */
const breakStream = (fault: Fault, answer: IncomingMessage, reply: ServerResponse): void => {
  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(act, ms)
    reply.on("close", () => clearTimeout(timer))
  }
  if (fault.type === "goneInside") {
    answer.unpipe(reply)
    reply.end(goneEvent)
  } else if (fault.type === "cut") after(fault.afterMs, () => reply.destroy())
  else if (fault.type === "closed")
    after(fault.afterMs, () => {
      answer.unpipe(reply)
      reply.end()
    })
  else if (fault.type === "silent") after(fault.afterMs, () => answer.unpipe(reply).resume())
}
