/** How much a log says. */
export const logLevels = ["debug", "info", "warning", "error", "critical"] as const

/** What a person sees of a service while calling it. Times in seconds, as people write them. */
export interface LoggingConfig {
  readonly streamLogs: boolean
  readonly level: string
  readonly includeSystemLogs: boolean
  readonly includeEvents: boolean
  /** How long late lines are still waited for. */
  readonly gracePeriod: number
  readonly includeName: boolean
  readonly pollTimeout: number
  readonly gracePollTimeout: number
  readonly shutdownGracePeriod: number
}

/** What holds where nothing is said. */
export const defaultLogging: LoggingConfig = {
  streamLogs: true,
  level: "info",
  includeSystemLogs: false,
  includeEvents: true,
  gracePeriod: 2,
  includeName: true,
  pollTimeout: 1,
  gracePollTimeout: 0.5,
  shutdownGracePeriod: 0
}

const levels: ReadonlyArray<string> = logLevels
const systemLoggers: ReadonlyArray<string> = ["uvicorn.access", "uvicorn.error", "uvicorn", "httpx"]

/** A line as a service's server writes it. */
export interface ServiceLogLine {
  readonly logger: string
  readonly level: string
  readonly text: string
}

/** What a person is shown of one line; undefined where the configuration leaves it out. */
export const shownLine = (config: LoggingConfig, service: string, line: ServiceLogLine): string | undefined => {
  const rank = (level: string): number => levels.indexOf(level)
  if (!config.streamLogs || rank(line.level) < rank(config.level)) return undefined
  if (!config.includeSystemLogs && systemLoggers.includes(line.logger)) return undefined
  return config.includeName ? `(${service}) ${line.text}` : line.text
}
