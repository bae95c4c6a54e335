import type { Located } from "./Source.ts"

const lengthMax = 40

/** What was found, short enough for a message. */
export const excerpt = (node: Located): string => {
  switch (node.kind) {
    case "map":
      return "a map"
    case "list":
      return node.items.length === 0 ? "an empty list" : "a list"
    default:
      if (node.value === null) return "nothing"
      return JSON.stringify(node.text.length > lengthMax ? `${node.text.slice(0, lengthMax)}...` : node.text)
  }
}

/** The plain value that a file says here. */
export const plain = (node: Located): unknown => {
  switch (node.kind) {
    case "map":
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]))
    case "list":
      return node.items.map(plain)
    default:
      return node.value
  }
}
