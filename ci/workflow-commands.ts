/** What GitHub's runner obeys when a line of a step's output begins with `::`. */

export function command(name: 'error' | 'warning' | 'notice', title: string, message: string): string {
  return `::${name} title=${field(title)}::${value(message)}\n`;
}

/** Text of others for people to read: whatever stands in it, the runner obeys none of it. `token` is one that nobody can guess. */
export function unobeyed(text: string, token: string): string {
  return text === '' ? '' : `::stop-commands::${token}\n${text.endsWith('\n') ? text : `${text}\n`}::${token}::\n`;
}

/** Of what `nwctl -o github` printed only the annotations. */
export function annotations(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^::(?:error|warning|notice) /.test(line));
}

/** A line of a job's output file, whatever stands in the value. */
export function output(name: string, text: string, token: string): string {
  return `${name}<<${token}\n${text}\n${token}\n`;
}

function value(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function field(text: string): string {
  return value(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
