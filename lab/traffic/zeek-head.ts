// The head of a Zeek log as tab-separated text, for the encoder, the tests and the benchmarks of the reader.

/** Lines up to `#path`, as Zeek writes them; `#fields` and the rows follow. */
export function zeekHead(path: string): string[] {
  return ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", `#path\t${path}`];
}
