import { Option } from "effect"
import type { HelpDoc } from "effect/cli"

const columns = 80

/** Words in lines of at most so many letters. */
const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

type Entry = readonly [name: string, meaning: string]

/** Names on the left, what they mean beside them; a name that is too long has its meaning below it. */
const entries = (all: ReadonlyArray<Entry>): ReadonlyArray<string> => {
  const left = Math.min(24, Math.max(...all.map(([name]) => name.length)) + 2)
  return all.flatMap(([name, meaning]) => {
    const [first = "", ...more] = wrapped(meaning, columns - left - 2)
    const rest = more.map((line) => `  ${" ".repeat(left)}${line}`)
    return name.length + 2 > left
      ? [`  ${name}`, `  ${" ".repeat(left)}${first}`, ...rest]
      : [`  ${name.padEnd(left)}${first}`.trimEnd(), ...rest]
  })
}

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines]

const flagEntry = ({ aliases, description, name, type }: HelpDoc.FlagDoc): Entry => [
  [...aliases, `--${name}`].join(", ") + (type === "boolean" || type === "choice" ? "" : ` ${type}`),
  Option.getOrElse(description, () => "")
]

const argumentEntry = ({ description, name, type, variadic }: HelpDoc.ArgDoc): Entry => [
  `${type === "string" || type === "choice" ? name : type}${variadic ? "..." : ""}`,
  Option.getOrElse(description, () => "")
]

const verbEntry = ({ description, name, shortDescription }: HelpDoc.SubcommandDoc): Entry => [
  name,
  shortDescription ?? description
]

/** What a command is for and how it is said, no wider than an ordinary terminal. Examples come before flags. */
export const helpText = ({
  args = [],
  description,
  examples = [],
  flags,
  inheritedFlags = [],
  subcommands = [],
  usage
}: HelpDoc.HelpDoc): string =>
  [
    ...wrapped(description, columns),
    ...section(
      "Usage",
      wrapped(usage, columns - 2).map((line) => `  ${line}`)
    ),
    ...section(
      "Examples",
      examples.flatMap(({ command, description: note }) => [
        ...(note === undefined ? [] : [`  # ${note}`]),
        `  ${command}`
      ])
    ),
    ...section("Verbs", entries(subcommands.flatMap(({ commands }) => commands.map(verbEntry)))),
    ...section("Arguments", entries(args.map(argumentEntry).filter(([, meaning]) => meaning !== ""))),
    ...section("Flags", entries(flags.map(flagEntry))),
    ...section("Flags of every verb", entries(inheritedFlags.map(flagEntry)))
  ].join("\n")
