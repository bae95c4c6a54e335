import { createHash } from "node:crypto"
import { derivedToken } from "@orrery/core"
import fc from "fast-check"
import { expect, test } from "vitest"

test("a token is the SHA-256 of its parts, each after its length", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 200 }), { maxLength: 5 }), (parts) => {
      const written = parts.map((part) => `${part.length}:${part}`).join("")
      expect(derivedToken(parts)).toBe(createHash("sha256").update(written).digest("hex"))
    })
  )
})

test("every length around the edge of a block is right", () => {
  for (let length = 0; length < 200; length++)
    expect(derivedToken(["x".repeat(length)])).toBe(
      createHash("sha256")
        .update(`${length}:${"x".repeat(length)}`)
        .digest("hex")
    )
})

test("where one part ends and the next begins makes a difference", () => {
  expect(derivedToken(["ab", "c"])).not.toBe(derivedToken(["a", "bc"]))
  expect(derivedToken([])).not.toBe(derivedToken([""]))
})
