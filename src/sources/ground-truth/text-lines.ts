// Lines of a byte stream, one at a time, with bounded memory: logs of hundreds of megabytes pass through here.

/** Longer lines are handed out cut off; no line that means something here comes near. */
const MAX_LINE_CHARACTERS = 4_000_000;

export class LineSplitter {
  private rest = '';
  private line = 0;
  private decoder: TextDecoder | undefined;

  /** `onLine` gets the text without its line end and the 1-based number; a truthy answer stops the splitting. */
  constructor(private readonly onLine: (text: string, line: number) => boolean) {}

  /** True once `onLine` has asked to stop. */
  push(chunk: Uint8Array): boolean {
    // Logs piped through PowerShell are UTF-16.
    this.decoder ??= new TextDecoder(chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf-16le' : 'utf-8');
    return this.split(this.decoder.decode(chunk, { stream: true }));
  }

  end(): boolean {
    if (this.split(this.decoder?.decode() ?? '')) return true;
    return this.rest !== '' && this.emit(this.rest);
  }

  private split(text: string): boolean {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      const line = this.rest + text.slice(start, end);
      this.rest = '';
      start = end + 1;
      if (this.emit(line)) return true;
    }
    if (this.rest.length < MAX_LINE_CHARACTERS) this.rest += text.slice(start);
    return false;
  }

  private emit(line: string): boolean {
    this.line++;
    return this.onLine(line.endsWith('\r') ? line.slice(0, -1) : line, this.line);
  }
}
