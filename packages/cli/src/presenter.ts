import { nearest } from "@orrery/core"
import { Console, Effect } from "effect"
import { CliConfig, type CliError, CliOutput, GlobalFlag, type HelpDoc } from "effect/cli"
import { helpText } from "./output/helpText.ts"

/** What is wrong, with the word that was probably meant. */
const sayError = (
  error: CliError.NonShowHelpErrors,
  { flags, inheritedFlags = [], subcommands = [] }: HelpDoc.HelpDoc
): string => {
  const perhaps = (word: string, words: ReadonlyArray<string>): string => {
    const meant = nearest(word, words)
    return meant === undefined ? "" : `, did you mean ${meant}?`
  }
  switch (error._tag) {
    case "UnknownSubcommand": {
      const verbs = subcommands.flatMap(({ commands }) => commands.map(({ name }) => name))
      return `error: there is no verb ${JSON.stringify(error.subcommand)}${perhaps(error.subcommand, verbs)}`
    }
    case "UnrecognizedOption": {
      const names = [...flags, ...inheritedFlags].map(({ name }) => `--${name}`)
      return `error: there is no flag ${error.option}${perhaps(error.option, names)}`
    }
    default:
      return `error: ${error.message}`
  }
}

/** Help on the standard output; what is wrong with a command line on the other, with the way to help and not all of it. */
export const presenter: CliOutput.Presenter = {
  present: (event) => {
    switch (event._tag) {
      case "Help":
        return Console.log(helpText(event.helpDoc))
      case "Version":
        return Console.log(`${event.name} ${event.version}`)
      case "InvalidInvocation": {
        const problems = event.errors.map((error) => sayError(error, event.helpDoc))
        const path = event.commandPath.join(" ")
        return Console.error([...problems, `    \`${path} --help\` says how it is said`].join("\n"))
      }
    }
  }
}

/** The global flags: help and version. Completion is a verb. */
export const config = CliConfig.make({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] })

/** Runs a command with this presenter and these flags. */
export const presented = <A, E, R>(command: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  command.pipe(
    Effect.provideService(CliOutput.Presenter, presenter),
    Effect.provideService(CliConfig.CliConfig, config)
  )
