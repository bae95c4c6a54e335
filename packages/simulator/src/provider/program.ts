import type { Container } from "@orrery/core"

/** What a container's command comes to. `runMs` is absent where it runs until it is stopped. */
export interface Program {
  readonly runMs?: number
  readonly exitCode: number
  /** Lines it prints, and how long after its start. */
  readonly prints: ReadonlyArray<{ readonly afterMs: number; readonly text: string }>
}

const forever: Program = { exitCode: 0, prints: [] }

/**
 * Runs the few commands a simulated container understands, without a container: `sleep`, `echo`, `true`, `false`, `exit`
 * and `sh -c` with these, one after the other. Anything else is a server that runs until it is stopped.
 */
export const programOf = (container: Pick<Container, "args" | "command">, environment: Environment): Program => {
  const words = [...(container.command ?? []), ...(container.args ?? [])]
  const [name, flag, script] = words
  if (name === undefined) return forever
  if ((name === "sh" || name === "/bin/sh" || name === "bash") && flag === "-c")
    return runScript(script ?? "", environment)
  return run([words], environment)
}

/** What a command that is run in a container prints and how it ends. */
export const outputOf = (command: ReadonlyArray<string>, environment: Environment) => {
  const { exitCode, prints } = programOf({ command, args: [] }, environment)
  return { exitCode, stdout: prints.map(({ text }) => `${text}\n`).join(""), stderr: "" }
}

type Environment = Readonly<Record<string, string>>

const runScript = (script: string, environment: Environment): Program => {
  const commands = script
    .split(/;|&&|\n/)
    .map((command) => command.trim())
    .filter((command) => command !== "")
  return run(
    commands.map((command) => command.split(/\s+/).map((word) => word.replace(/^(["'])(.*)\1$/, "$2"))),
    environment
  )
}

const run = (commands: ReadonlyArray<ReadonlyArray<string>>, environment: Environment): Program => {
  const prints: Array<{ readonly afterMs: number; readonly text: string }> = []
  let runMs = 0
  let exitCode = 0
  for (const [name, ...words] of commands) {
    const args = words.map((word) =>
      word.replace(/\$\{?(\w+)\}?/g, (_, variable: string) => environment[variable] ?? "")
    )
    if (name === "exit") return { runMs, exitCode: Number(args[0] ?? exitCode), prints }
    if (name === "echo") prints.push({ afterMs: runMs, text: args.join(" ") })
    else if (name === "sleep") {
      if (args[0] === "infinity") return { exitCode, prints }
      runMs += Math.ceil(Number(args[0] ?? 0) * 1000)
    } else if (name !== "true" && name !== "false" && name !== "trap" && name !== "exec") return { exitCode, prints }
    exitCode = name === "false" ? 1 : 0
  }
  return { runMs, exitCode, prints }
}
