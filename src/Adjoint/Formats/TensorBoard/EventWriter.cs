namespace Adjoint.Formats;

/// <summary>Writes what TensorBoard shows: scalars, histograms, images and text by step, into one event file in a folder.</summary>
/// <remarks>
/// <para>Every writer makes a file of its own, <c>events.out.tfevents.</c> with second, machine and process; TensorBoard takes all files of a folder as one run, in the order of
/// their names, and a newer writer's comes after all older ones. Two that write at the same time belong in two folders.</para>
/// <para>Every value goes to the operating system at once: a process killed at any moment leaves a file that is readable up to its last whole value, and <see cref="Flush"/> is for power
/// cuts. The methods may be called from several threads.</para>
/// <para>A tag is of one kind. Slashes in it make groups: <c>loss/train</c>, <c>loss/validation</c>.</para>
/// </remarks>
/// <example><code>
/// using var events = new EventWriter("runs/first");
/// events.WriteScalar("loss/train", loss.Item(), step);
/// events.WriteHistogram("weights/0", model.Body[0].Weight, step);
/// </code></example>
[PyTorch("torch.utils.tensorboard.SummaryWriter", Differs = "No queue: each value is written at once. `purge_step` is `resumeStep`.")]
public sealed class EventWriter : IDisposable
{
    readonly EventFile _file;
    readonly Lock _writing = new();
    readonly Dictionary<string, string> _plugins = [];
    bool _isDisposed;

    /// <summary>Makes the folder, where it is not there, and a new file in it.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="resumeStep">For a training that goes on: the first step that is made again. What older files of the folder hold from this step on is not shown any more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="IOException">The folder or the file cannot be made or written.</exception>
    public EventWriter(string folder, long? resumeStep = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (resumeStep is { } resumed) CheckStep(resumed, nameof(resumeStep));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        _file = EventFile.Create(System.IO.Path.GetFullPath(folder), now);
        try
        {
            _file.Append(EventMessage.Version(now).Written);
            if (resumeStep is not { } step) return;
            // Twice: TensorBoard takes the first start of a run for its beginning, which forgets nothing (event_accumulator.py).
            _file.Append(EventMessage.Start(now, step).Written);
            _file.Append(EventMessage.Start(now, step).Written);
        }
        catch
        {
            _file.Dispose();
            File.Delete(_file.Path);
            throw;
        }
    }

    /// <summary>The file, a full path.</summary>
    [NotInPyTorch("The event file's path.")]
    public string Path => _file.Path;

    /// <summary>Writes one number, as F32: the format has no wider scalar. NaN and infinity are shown as such.</summary>
    /// <param name="tag">The curve's name.</param>
    /// <param name="value">The number.</param>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="time">When it was measured; now, where none is given.</param>
    /// <exception cref="ArgumentException">The tag is empty, or is of another kind.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ObjectDisposedException">The writer is disposed of.</exception>
    /// <exception cref="IOException">The disk refuses; what was written before stays readable, and later values may be written.</exception>
    [PyTorch("torch.utils.tensorboard.SummaryWriter.add_scalar", Differs = "The step is asked for.")]
    public void WriteScalar(string tag, double value, long step, DateTimeOffset? time = null) => Write(tag, "scalars", step, time, entry => EventMessage.Scalar(entry, value));

    /// <summary>Writes how the elements of a tensor are spread: <see cref="Histogram.Of"/>, which leaves out NaN and infinity.</summary>
    /// <param name="tag">The histogram's name.</param>
    /// <param name="values">Any shape and element type.</param>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="time">When it was measured; now, where none is given.</param>
    /// <inheritdoc cref="WriteScalar" path="/exception"/>
    [PyTorch("torch.utils.tensorboard.SummaryWriter.add_histogram", Differs = "NaN and infinity are left out of all numbers; `Histogram.Of(x).NotFinite` counts them.")]
    public void WriteHistogram(string tag, Tensor values, long step, DateTimeOffset? time = null) => WriteHistogram(tag, Histogram.Of(values), step, time);

    /// <summary>Writes a histogram that is counted already.</summary>
    /// <inheritdoc cref="WriteHistogram(string, Tensor, long, DateTimeOffset?)"/>
    [PyTorch("torch.utils.tensorboard.SummaryWriter.add_histogram_raw", Differs = "`new Histogram(min, max, sum, sumOfSquares, limits, counts)`.")]
    public void WriteHistogram(string tag, Histogram histogram, long step, DateTimeOffset? time = null)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        Write(tag, "histograms", step, time, entry => EventMessage.Histogram(entry, histogram));
    }

    /// <summary>Writes a text; TensorBoard shows it as Markdown.</summary>
    /// <param name="tag">The text's name.</param>
    /// <param name="text">The text.</param>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="time">When it was written; now, where none is given.</param>
    /// <inheritdoc cref="WriteScalar" path="/exception"/>
    [PyTorch("torch.utils.tensorboard.SummaryWriter.add_text", Differs = "The tag stays as it is; PyTorch appends `/text_summary`.")]
    public void WriteText(string tag, string text, long step, DateTimeOffset? time = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(tag, "text", step, time, entry => EventMessage.Text(entry, text));
    }

    /// <summary>Writes a picture, as PNG.</summary>
    /// <param name="tag">The picture's name.</param>
    /// <param name="pixels">Grey [H, W] or [1, H, W], or RGB [3, H, W]: U8 from 0 to 255, or a floating-point type from 0 to 1, outside of which the nearest is taken.</param>
    /// <param name="step">The step it belongs to.</param>
    /// <param name="time">When it was made; now, where none is given.</param>
    /// <exception cref="ShapeException">The tensor has another shape, or a side is 0 or over 32768.</exception>
    /// <exception cref="DTypeException">The elements are of another type.</exception>
    /// <exception cref="ArgumentException">A pixel is NaN; the tag is empty, or is of another kind.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    /// <exception cref="ObjectDisposedException">The writer is disposed of.</exception>
    /// <exception cref="IOException">The disk refuses; what was written before stays readable, and later values may be written.</exception>
    [PyTorch("torch.utils.tensorboard.SummaryWriter.add_image", Differs = "[C, H, W] or [H, W].")]
    public void WriteImage(string tag, Tensor pixels, long step, DateTimeOffset? time = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        var png = Png.Of(pixels);
        Write(tag, "images", step, time, entry => EventMessage.Image(entry, png));
    }

    /// <summary>Waits until everything is on the disk, so that not even a power cut loses it.</summary>
    /// <exception cref="ObjectDisposedException">The writer is disposed of.</exception>
    [PyTorch("torch.utils.tensorboard.SummaryWriter.flush")]
    public void Flush()
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _file.FlushToDisk();
        }
    }

    /// <summary>Closes the file.</summary>
    [PyTorch("torch.utils.tensorboard.SummaryWriter.close")]
    public void Dispose()
    {
        lock (_writing)
        {
            _isDisposed = true;
            _file.Dispose();
        }
    }

    void Write(string tag, string plugin, long step, DateTimeOffset? time, Action<ProtobufWriter> value)
    {
        ArgumentNullException.ThrowIfNull(tag);
        if (tag.Length == 0) throw new ArgumentException("tensorboard: a tag must have a name, but it is empty.", nameof(tag));
        CheckStep(step, nameof(step));
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            bool isKnown = _plugins.TryGetValue(tag, out string? known);
            if (isKnown && known != plugin) throw new ArgumentException($"tensorboard: a tag is of one kind, but {tag.Quoted()} was written among the {known} and now comes among the {plugin}. Hint: give one of them another tag.", nameof(tag));
            _file.Append(EventMessage.Summary(time ?? DateTimeOffset.UtcNow, step, tag, isKnown ? null : plugin, value).Written);
            _plugins[tag] = plugin;
        }
    }

    static void CheckStep(long step, string name)
    {
        if (step < 0) throw new ArgumentOutOfRangeException(name, $"tensorboard: steps must not be below 0, but it is {step}.");
    }
}
