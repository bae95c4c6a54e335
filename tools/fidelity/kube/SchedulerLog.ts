import { closeSync, openSync, readSync, statSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"

const eventLine = /"(Add|Update|Delete) event for (node|scheduled pod|unscheduled pod)" (?:node|pod)="([^"]+)"/g

/** What the scheduler may be told of. */
export type Told = "Add node" | "Update node" | "Delete node" | "Add scheduled pod" | "Update scheduled pod"

/** The real scheduler's log: the only place that says what it has heard of by now. */
export class SchedulerLog {
  readonly #file: string
  #offset = 0
  /** Read, but not yet taken by anybody. */
  #text = ""
  readonly #heard = new Map<string, number>()

  constructor(file: string) {
    this.#file = file
  }

  #read(): void {
    const buffer = Buffer.alloc(Math.max(0, statSync(this.#file).size - this.#offset))
    if (buffer.length === 0) return
    const file = openSync(this.#file, "r")
    const count = readSync(file, buffer, 0, buffer.length, this.#offset)
    closeSync(file)
    const end = buffer.lastIndexOf(10, count - 1) + 1
    const text = buffer.toString("utf8", 0, end)
    this.#offset += end
    this.#text += text
    for (const [, event = "", kind = "", name = ""] of text.matchAll(eventLine)) {
      const key = `${event} ${kind} ${name}`
      this.#heard.set(key, (this.#heard.get(key) ?? 0) + 1)
    }
  }

  /** What was logged since the last time. */
  take(): string {
    this.#read()
    const text = this.#text
    this.#text = ""
    return text
  }

  /** How often the scheduler was told so of an object, ever. */
  count(told: Told, name: string): number {
    return this.#heard.get(`${told} ${name}`) ?? 0
  }

  /** Waits until the scheduler was told so often of an object. */
  async until(told: Told, name: string, count: number, limitMs = 10_000): Promise<void> {
    for (const endMs = performance.now() + limitMs; ; await sleep(1)) {
      this.#read()
      if (this.count(told, name) >= count) return
      if (performance.now() > endMs) throw new Error(`the scheduler was not told ${count} times: ${told} ${name}`)
    }
  }
}
