import { spawn } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Draws } from "./Draws.ts"
import type { SlowWire } from "./SlowWire.ts"

/** How a process of the command ended: with a code, or by a signal. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
  /** How many parcels it sent to the server. */
  readonly parcels: number
}

/** A signal, and when to send it: so many parcels after the start, and so long after that. */
export interface Cut {
  readonly signal: "SIGKILL" | "SIGINT"
  readonly parcels: number
  readonly plusMs: number
}

/** A moment to wait for; it comes at the latest when the run has ended. */
export type Moment = (ended: Promise<unknown>) => Promise<void>

/** Kept between processes, so that most of a run is the work and not its loading. */
const compiled = mkdtempSync(join(tmpdir(), "compute-compiled-"))
const root = join(import.meta.dirname, "../../..")

/** The real `compute` in a process of its own, over a wire that sees what it sends. */
export class Command {
  readonly #wire: SlowWire
  readonly #env: Readonly<Record<string, string>>
  readonly #dir = mkdtempSync(join(tmpdir(), "compute-kill-"))

  constructor(wire: SlowWire, env: Readonly<Record<string, string>>) {
    this.#wire = wire
    this.#env = env
  }

  apply(yaml: string, cut?: Cut): Promise<Ending> {
    return this.#run("apply", yaml, cut?.signal, cut && this.#momentOf(cut))
  }

  delete(yaml: string, cut?: Cut): Promise<Ending> {
    return this.#run("delete", yaml, cut?.signal, cut && this.#momentOf(cut))
  }

  /** Kills `apply` at a moment that somebody else knows. */
  applyKilledAt(yaml: string, moment: Moment): Promise<Ending> {
    return this.#run("apply", yaml, "SIGKILL", moment)
  }

  #momentOf({ parcels, plusMs }: Cut): Moment {
    return async (ended) => {
      await this.#wire.sent(parcels, ended)
      await new Promise((resolve) => setTimeout(resolve, plusMs))
    }
  }

  async #run(verb: string, yaml: string, signal?: NodeJS.Signals, moment?: Moment): Promise<Ending> {
    const file = join(this.#dir, "wanted.yaml")
    writeFileSync(file, yaml)
    const before = this.#wire.parcels
    const child = spawn(
      process.execPath,
      ["--conditions=@orrery/source", join(root, "packages/cli/src/main.ts"), verb, "-f", file, "--yes"],
      {
        cwd: root,
        env: { PATH: process.env.PATH, HOME: this.#dir, NODE_COMPILE_CACHE: compiled, ...this.#env },
        stdio: ["ignore", "pipe", "pipe"]
      }
    )
    let out = ""
    let err = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text
    })
    const ended = new Promise<Pick<Ending, "code" | "signal">>((resolve, reject) => {
      child.once("error", reject).once("close", (code, signal) => resolve({ code, signal }))
    })
    if (moment !== undefined) {
      await moment(ended)
      child.kill(signal)
    }
    return { ...(await ended), out, err, parcels: this.#wire.parcels - before }
  }
}

/** A kill at a drawn point of a run that sends about so many parcels, the moments before and after a reply included. */
const drawKill = (draws: Draws, parcels: number): Cut => ({
  signal: "SIGKILL",
  parcels: draws.between(1, parcels),
  plusMs: draws.between(0, 150)
})

/** Kills the run again and again at drawn points, one to three times; gives how much had been sent at each kill that found it at work. */
export const killRepeatedly = async (
  draws: Draws,
  parcels: number,
  run: (cut: Cut) => Promise<Ending>
): Promise<ReadonlyArray<number>> => {
  const times = draws.between(1, 3)
  const found: Array<number> = []
  for (let time = 0; time < times; time++) {
    const ending = await run(drawKill(draws, parcels))
    if (ending.signal === "SIGKILL") found.push(ending.parcels)
    else if (ending.code !== 0) throw new Error(`ended by itself with ${ending.code}: ${ending.err}`)
  }
  return found
}
