import { describe, expect, it } from "vitest"
import { adOf, evaluate, parse, print, printValue, quote } from "../../../src/engine/profiles/condor/index.ts"

const my = adOf({ Cpus: "4", Memory: "2048", Both: '"mine"', Twice: "Cpus * 2", Loop: "Loop + 1" })
const target = adOf({ RequestCpus: "2", Both: '"theirs"', Want: "TARGET.Cpus - RequestCpus" })
const value = (source: string): string => printValue(evaluate(parse(source), { my, target }))

// The right column is what classad_eval of HTCondor 23.9.6 prints.
const table: ReadonlyArray<readonly [string, string]> = [
  ["1 + true", "2"],
  ['"a" == "A"', "true"],
  ['"a" =?= "A"', "false"],
  ["1 =?= 1.0", "false"],
  ["1 == 1.0", "true"],
  ["true == 1", "true"],
  ['true == "true"', "error"],
  ["1 && true", "true"],
  ["undefined && false", "false"],
  ["error && false", "error"],
  ["false && error", "false"],
  ["undefined || true", "true"],
  ["undefined && error", "error"],
  ["true && undefined", "undefined"],
  ["!undefined", "undefined"],
  ["-true", "error"],
  ["1/0", "error"],
  ["-7/2", "-3"],
  ["-7 % 3", "-1"],
  ["undefined == 1", "undefined"],
  ["undefined =?= undefined", "true"],
  ["undefined ?: 3", "3"],
  ["ifThenElse(undefined,1,2)", "undefined"],
  ['member("A",{"a"})', "true"],
  ["member(1,{undefined,1})", "true"],
  ['stringListMember("A","a, b")', "false"],
  ['stringListIMember("A","a, b")', "true"],
  ['stringListMember("a",undefined)', "false"],
  ['regexp("B","abc","i")', "true"],
  ["floor(-2.5)", "-3"],
  ["round(2.5)", "2"],
  ["quantize(3,8)", "8"],
  ["quantize(9,{4,8})", "16"],
  ["int(-2.9)", "-2"],
  ['strcat("a",1,2.5,true)', '"a12.500000000000000E+00true"'],
  ["9223372036854775807 + 1", "-9223372036854775808"],
  ["-1 >>> 60", "15"],
  ["true & false", "error"],
  ["isUndefined(foo)", "true"],
  ["2 - 1 - 1", "0"]
]

describe("ClassAd expressions", () => {
  it.each(table)("%s is %s", (source, expected) => {
    expect(value(source)).toBe(expected)
  })

  it("looks a name up in its own ad first, then in the other, and sees what it finds from there", () => {
    expect(value("Both")).toBe('"mine"')
    expect(value("TARGET.Both")).toBe('"theirs"')
    expect(value("RequestCpus")).toBe("2")
    expect(value("MY.RequestCpus")).toBe("undefined")
    expect(value("TARGET.Want")).toBe("2")
    expect(value("Twice")).toBe("8")
  })

  it("ends a definition that leads back to itself in an error", () => {
    expect(value("Loop")).toBe("error")
  })

  it("quotes any text so that it comes back as it was and nothing of it is read as code", () => {
    for (const text of ['a"b', "a\\", 'x" || true || "', "line\nbreak\ttab", "\u0001\u007f", "é€"]) {
      expect(evaluate(parse(quote(text)), { my })).toBe(text)
    }
  })

  it("prints what it parsed", () => {
    for (const source of [
      "(a + b) * c - d / e % f",
      "a ? b : c ? d : e",
      "!(a && b) || MY.c =!= TARGET.d",
      "{ 1,2.5,-3 }[x]",
      "f(a,{  })"
    ]) {
      const once = print(parse(source))
      expect(print(parse(once))).toBe(once)
      expect(parse(once)).toEqual(parse(source))
    }
  })

  it.each(["", "1 +", "(1", '"open', "a b", "#", "[a = 1", "{1,}"])("refuses %j and says where", (source) => {
    expect(() => parse(source)).toThrow(/^ClassAd: .* at \d+/)
  })
})
