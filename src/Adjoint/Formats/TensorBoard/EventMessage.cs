namespace Adjoint.Formats;

/// <summary>The messages of an event file. Field numbers are those of TensorBoard's event.proto, summary.proto and tensor.proto.</summary>
internal static class EventMessage
{
    const int StringType = 7, SessionStart = 1, Gray = 1, Rgb = 3;

    /// <summary>What a file begins with.</summary>
    public static ProtobufWriter Version(DateTimeOffset time) => Event(time, 0).Text(3, "brain.Event:2");

    /// <summary>A session begins at a step.</summary>
    public static ProtobufWriter Start(DateTimeOffset time, long step) => Event(time, step).Message(7, new ProtobufWriter().Integer(1, SessionStart));

    /// <summary>A summary of one value.</summary>
    /// <param name="time">When it was measured.</param>
    /// <param name="step">The step.</param>
    /// <param name="tag">The value's name.</param>
    /// <param name="plugin">Which part of TensorBoard shows it; null where the file has said so before.</param>
    /// <param name="value">Writes the value's field.</param>
    public static ProtobufWriter Summary(DateTimeOffset time, long step, string tag, string? plugin, Action<ProtobufWriter> value)
    {
        ProtobufWriter entry = new ProtobufWriter().Text(1, tag);
        value(entry);
        if (plugin is not null) entry.Message(9, new ProtobufWriter().Message(1, new ProtobufWriter().Text(1, plugin)));
        return Event(time, step).Message(5, new ProtobufWriter().Message(1, entry));
    }

    public static void Scalar(ProtobufWriter entry, double value) => entry.Number(2, (float)value);

    public static void Histogram(ProtobufWriter entry, Histogram histogram) => entry.Message(5, new ProtobufWriter()
        .Number(1, histogram.Min).Number(2, histogram.Max).Number(3, histogram.Count).Number(4, histogram.Sum).Number(5, histogram.SumOfSquares)
        .Numbers(6, [.. histogram.Limits]).Numbers(7, [.. histogram.Counts]));

    public static void Image(ProtobufWriter entry, Png png) => entry.Message(4, new ProtobufWriter()
        .Integer(1, png.Height).Integer(2, png.Width).Integer(3, png.Channels == 1 ? Gray : Rgb).Bytes(4, png.Bytes));

    /// <summary>A tensor of one string.</summary>
    public static void Text(ProtobufWriter entry, string text) => entry.Message(8, new ProtobufWriter()
        .Integer(1, StringType).Message(2, new ProtobufWriter().Message(2, new ProtobufWriter().Integer(1, 1))).Text(8, text));

    static ProtobufWriter Event(DateTimeOffset time, long step) => new ProtobufWriter().Number(1, (time - DateTimeOffset.UnixEpoch).TotalSeconds).Integer(2, step);
}
