import { Effect, type Result, Schema, SchemaIssue, SchemaTransformation } from "effect"

/** What a person may write where a scalar is read: YAML gives numbers where it can. */
export type Written = string | number

/** How one kind of scalar is read and written. The parser's complaint is the problem a person reads. */
export interface Notation<A> {
  readonly name: string
  /** What may be written, for messages and for editors. */
  readonly allowed: string
  readonly parse: (written: Written) => Result.Result<A, string>
  readonly print: (value: A) => Written
}

/** A schema out of one parser and its printer: what people write outside, a whole number or canonical text inside. */
export const parsed = <A extends string | number>(
  inner: Schema.Codec<A>,
  { allowed, name, parse, print }: Notation<A>
): Schema.Codec<A, Written> =>
  Schema.Union([Schema.String, Schema.Finite])
    .annotate({ title: name, description: allowed, expected: allowed })
    .pipe(
      Schema.decodeTo(
        inner,
        SchemaTransformation.transformEffect<A, Written>({
          decode: (input, options) => {
            const result = parse(input)
            return result._tag === "Success"
              ? Effect.succeed(result.success)
              : Effect.fail(new SchemaIssue.InvalidValue({ message: result.failure }, input, options))
          },
          encode: (value) => Effect.succeed(print(value))
        })
      )
    )
