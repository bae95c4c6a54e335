/** What a container's command comes to here: the commands of a shell that the contract's fixtures use. */
export interface Outcome {
  readonly lines: ReadonlyArray<string>
  /** Absent where it runs until it is stopped. */
  readonly exitCode?: number
}

/** Reads the first container's command as the shell would. */
export const outcomeOf = ({
  containers
}: {
  readonly containers: ReadonlyArray<{ readonly command?: ReadonlyArray<string> }>
}): Outcome => {
  const script = containers[0]?.command?.at(-1) ?? ""
  const exit = /^exit (\d+)$/.exec(script)
  if (exit !== null) return { lines: [], exitCode: Number(exit[1]) }
  const commands = script.split("; ")
  const lines = commands.filter((line) => line.startsWith("echo ")).map((line) => line.slice("echo ".length))
  return commands.some((line) => line.startsWith("sleep")) ? { lines } : { lines, exitCode: 0 }
}
