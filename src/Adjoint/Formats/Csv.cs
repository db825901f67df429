using System.Text;

namespace Adjoint.Formats;

/// <summary>Reads tables of numbers from comma-separated text (RFC 4180), plain or gzipped.</summary>
/// <remarks>Numbers are read by the invariant culture: a point before the fraction, whatever the machine's language. Text is UTF-8.</remarks>
/// <example><code>CsvTable iris = Csv.Read("iris.csv", new() { Label = -1 });</code></example>
public static class Csv
{
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">The file breaks a rule, or a cell is no number; the sentence names file, line and column.</exception>
    /// <exception cref="ArgumentException">A column that was asked for does not exist.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static CsvTable Read(string path, CsvOptions? options = null)
    {
        using Stream stream = Compressed.Open(path);
        return ReadPlain(stream, path, options ?? new());
    }

    /// <summary>Reads a stream from where it stands to its end; it stays open.</summary>
    /// <inheritdoc cref="Read(string, CsvOptions?)" path="/exception[position() &lt; 3]"/>
    public static CsvTable Read(Stream stream, CsvOptions? options = null, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return ReadPlain(Compressed.Unwrap(stream, leaveOpen: true), name, options ?? new());
    }

    static CsvTable ReadPlain(Stream stream, string name, CsvOptions options)
    {
        if (options.DType is not (DType.F32 or DType.F64)) throw new DTypeException($"csv: numbers are read as F32 or F64, but the type is {options.DType}.");
        try
        {
            using var text = new StreamReader(stream, Strict, detectEncodingFromByteOrderMarks: false, 1 << 16, leaveOpen: true);
            return Compressed.Read("csv", name, () =>
            {
                if (text.Peek() == '\uFEFF') text.Read();
                return new CsvBuilder(new(text, options.Separator, name.Quoted()), name.Quoted(), options).Build();
            });
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"csv: text must be UTF-8, but {name.Quoted()} is not.", e);
        }
    }
}
