import { spawn } from "node:child_process"

/** How a command went. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Where and with what a command runs. */
export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** Runs a command to its end. A command that is not there ends with code 127, one that takes too long is killed. */
export const outcome = (command: ReadonlyArray<string>, options: RunOptions = {}): Promise<Outcome> =>
  new Promise((resolve) => {
    const [file, ...args] = command
    const child = spawn(file as string, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs, killSignal: "SIGKILL" as const })
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text
    })
    child.on("error", (cause) => resolve({ code: 127, stdout, stderr: String(cause) }))
    child.on("close", (code) => resolve({ code: code ?? 137, stdout, stderr }))
  })

/** Runs a command that must succeed and gives what it printed. */
export const run = async (command: ReadonlyArray<string>, options: RunOptions = {}): Promise<string> => {
  const { code, stdout, stderr } = await outcome(command, options)
  if (code === 0) return stdout
  const said = (stderr || stdout).trimEnd().split("\n").slice(-15).join("\n")
  throw new Error(`${command.slice(0, 3).join(" ")} ended with ${code}:\n${said}`)
}

/** Is this command on the PATH? */
export const isOnPath = async (name: string): Promise<boolean> =>
  (await outcome(["sh", "-c", `command -v ${name}`])).code === 0
