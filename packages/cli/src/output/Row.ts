import { Console, Effect } from "effect"
import { printJson, printYaml } from "./printDocument.ts"
import { table } from "./table.ts"

/** How results are printed. */
export const formats = ["table", "wide", "json", "yaml", "name", "csv"] as const
export type Format = (typeof formats)[number]

/** One column; wide ones are shown by `-o wide` only. */
export interface Column<Item> {
  readonly title: string
  readonly of: (item: Item, nowMs: number) => string
  readonly wide?: boolean
}

/** One thing to print: its name, its cells, and all of it. */
export interface Row {
  readonly name: string
  readonly cells: ReadonlyArray<string>
  readonly document: unknown
}

/** What is printed of one kind of thing. */
export interface View {
  readonly singular: string
  readonly plural: string
  readonly titles: ReadonlyArray<{ readonly title: string; readonly wide: boolean }>
}

const shown = ({ titles }: View, cells: ReadonlyArray<string>, format: Format): ReadonlyArray<string> =>
  cells.filter((_, column) => format === "wide" || titles[column]?.wide !== true)

const rowLines = (view: View, rows: ReadonlyArray<Row>, format: Format): string =>
  table(
    shown(
      view,
      view.titles.map(({ title }) => title),
      format
    ),
    rows.map(({ cells }) => shown(view, cells, format))
  )

const csvLine = (cells: ReadonlyArray<string>): string =>
  cells.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",")

/** Prints a list, or the only one that was asked for. */
export const printRows = Effect.fnUntraced(function* (
  view: View,
  rows: ReadonlyArray<Row>,
  format: Format,
  single: boolean
) {
  const documents = rows.map(({ document }) => document)
  switch (format) {
    case "json":
      return yield* printJson(single ? documents[0] : documents)
    case "yaml":
      return yield* printYaml(single ? documents[0] : documents)
    case "name":
      return yield* Effect.forEach(rows, ({ name }) => Console.log(`${view.singular}/${name}`), { discard: true })
    case "csv":
      return yield* Console.log(
        [view.titles.map(({ title }) => title.toLowerCase()), ...rows.map(({ cells }) => cells)].map(csvLine).join("\n")
      )
    default:
      return yield* rows.length === 0
        ? Console.error(`no ${view.plural} found`)
        : Console.log(rowLines(view, rows, format))
  }
})
