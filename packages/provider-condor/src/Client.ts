import { execFile } from "node:child_process"
import { chmod, mkdir, open, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import type { ComputeError, ConfigFields } from "@orrery/core"
import { Context, Effect, Layer } from "effect"
import { classify } from "./classify.ts"

/** How to reach a pool: through HTCondor's own tools on this machine. */
export interface CondorConfig {
  /** Folder of the `condor_*` tools; left out, those on the PATH. */
  readonly bin?: string
  /** HTCondor's configuration file; left out, the tools' own. */
  readonly configFile?: string
  /** Where jobs' output is kept, a folder per job. The user whom the schedd runs jobs as must be able to write there. */
  readonly directory: string
  /**
   * `container` runs each job's image in HTCondor's container universe. `host` runs programs of the pool's machines
   * themselves; a job says so by the image `host`.
   */
  readonly runs?: "container" | "host"
  /** How often watches look. */
  readonly paceMs?: number
}

/** Every field of `CondorConfig`. */
export const configFields: ConfigFields<CondorConfig> = {
  bin: "optional",
  configFile: "optional",
  directory: "required",
  runs: "optional",
  paceMs: "optional"
}

/** One ClassAd as `-json` prints it. */
export type Ad = Readonly<Record<string, unknown>>

const outputBytesMax = 1 << 30
/** The schedd may still write its events into the folder of a job that it is taking out of the queue. */
const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 100 } as const
const answerMsMax = 60_000

/** The pool's own tools. One call is one process, with its arguments as they are: no shell reads them. */
export class Client extends Context.Service<
  Client,
  {
    readonly config: CondorConfig
    readonly run: (tool: string, args: ReadonlyArray<string>, stdin?: string) => Effect.Effect<string, ComputeError>
    /** Runs a tool with `-json`; no match prints nothing at all. */
    readonly ads: (tool: string, args: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Ad>, ComputeError>
    readonly makeFolder: (name: string) => Effect.Effect<void, ComputeError>
    readonly removeFolder: (name: string) => Effect.Effect<void, ComputeError>
    /** At most so many bytes of a file of a job's folder from an offset on; none where the file is not there yet. */
    readonly read: (
      folder: string,
      file: string,
      from: number,
      bytesMax: number
    ) => Effect.Effect<Uint8Array, ComputeError>
  }
>()("@orrery/provider-condor/Client") {
  static readonly layer = (config: CondorConfig): Layer.Layer<Client> =>
    Layer.sync(Client, () => {
      const attempt = <A>(operation: string, act: (signal: AbortSignal) => Promise<A>) =>
        Effect.tryPromise({ try: act, catch: (fault) => classify(operation, fault) })
      const run = (tool: string, args: ReadonlyArray<string>, stdin = "") =>
        attempt(tool, (signal) => execute(config, tool, args, stdin, signal))
      return Client.of({
        config,
        run,
        ads: (tool, args) =>
          run(tool, [...args, "-json"]).pipe(
            Effect.flatMap((text) =>
              attempt(tool, async () => (text.trim() === "" ? [] : (JSON.parse(text) as Array<Ad>)))
            )
          ),
        makeFolder: (name) => attempt("output folder", () => makeFolder(config.directory, name)),
        removeFolder: (name) => attempt("output folder", () => rm(join(config.directory, name), removal)),
        read: (folder, file, from, bytesMax) =>
          attempt("logs", () => readFrom(join(config.directory, folder, file), from, bytesMax))
      })
    })
}

const execute = (config: CondorConfig, tool: string, args: ReadonlyArray<string>, stdin: string, signal: AbortSignal) =>
  new Promise<string>((resolve, reject) => {
    const program = config.bin === undefined ? `condor_${tool}` : join(config.bin, `condor_${tool}`)
    const env = config.configFile === undefined ? process.env : { ...process.env, CONDOR_CONFIG: config.configFile }
    const child = execFile(
      program,
      [...args],
      { env, signal, maxBuffer: outputBytesMax, timeout: answerMsMax, cwd: config.directory },
      (fault, stdout, stderr) => (fault === null ? resolve(stdout) : reject(Object.assign(fault, { stdout, stderr })))
    )
    // a tool that ends before it has read all leaves a broken pipe behind, and says why on its error output
    child.stdin?.on("error", () => undefined)
    child.stdin?.end(stdin)
  })

/** A job's folder is as open as the one it lies in: the pool may run jobs as another user than ours. */
const makeFolder = async (directory: string, name: string) => {
  const { mode } = await stat(directory)
  const folder = join(directory, name)
  await mkdir(folder, { recursive: true })
  await chmod(folder, mode & 0o7777)
}

const readFrom = async (path: string, from: number, bytesMax: number): Promise<Uint8Array> => {
  try {
    const file = await open(path, "r")
    try {
      const { size } = await file.stat()
      const bytes = new Uint8Array(Math.min(bytesMax, Math.max(0, size - from)))
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
      return bytes.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return new Uint8Array()
    throw fault
  }
}
