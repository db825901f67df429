using Adjoint.Formats;

namespace Adjoint.Cli.Runs;

/// <summary>The folder that a training leaves. Every file in it appears whole or not at all.</summary>
internal sealed class RunFolder
{
    public const string WatchName = "watch.json";

    const string TokenizerName = "tokenizer.json";

    readonly bool _made;

    RunFolder(string path, bool made) => (Path, _made) = (path, made);

    public string Path { get; }

    public string Model => File("model.safetensors");

    public string Curves => File("curves.png");

    public string Metrics => File("metrics.csv");

    public string Record => File("run.json");

    /// <summary>What was watched while it trained; <c>adjoint doctor</c> reads it.</summary>
    public string Watch => File(WatchName);

    public string Report => File("report.html");

    public string TensorBoard => File("tensorboard");

    public string Recipe => File("recipe.json");

    /// <summary>The tokenizer of byte pairs, where tokens are those.</summary>
    public string Tokenizer => File(TokenizerName);

    public string Checkpoints => File("checkpoints");

    /// <summary>The tokenizer's file in the folder of a run; null where there is none.</summary>
    public static string? TokenizerIn(string folder) => System.IO.Path.Combine(folder, TokenizerName) is var path && System.IO.File.Exists(path) ? path : null;

    /// <summary>The folder of a training that is to go on.</summary>
    /// <exception cref="UsageException">There is none, or it has no recipe.</exception>
    public static RunFolder Reopen(string path)
    {
        var folder = new RunFolder(path, made: false);
        if (!System.IO.File.Exists(folder.Recipe)) throw new UsageException($"train: --resume must name the folder of a run, but {path.Quoted()} has no recipe.json.");
        return folder;
    }

    /// <summary>The folder that was asked for, or <c>runs/name-number</c> with the first number that is free.</summary>
    /// <param name="wanted">What was asked for.</param>
    /// <param name="name">What runs are called otherwise.</param>
    /// <param name="command">Who asks.</param>
    /// <exception cref="UsageException">The folder that was asked for holds files.</exception>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public static RunFolder Open(string? wanted, string name, string command)
    {
        bool exists = Directory.Exists(wanted);
        if (System.IO.File.Exists(wanted) || (exists && Directory.EnumerateFileSystemEntries(wanted!).Any()))
            throw new UsageException($"{command}: the output folder must be new or empty, but {wanted!.Quoted()} {(exists ? "holds files" : "is a file")}. Hint: name another with --out, or leave it out.");
        try
        {
            if (wanted is null) return new(Numbered(name), made: true);
            Directory.CreateDirectory(wanted);
            return new(wanted, made: !exists);
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            throw new IOException($"{command}: the output folder must be one that can be made, but {(wanted ?? "runs").Quoted()} could not be. {DiskFault.Reason(e)} Hint: name another with --out.", e);
        }
    }

    /// <summary>Takes the folder away again if there is nothing in it to go on with.</summary>
    public void CloseIfEmpty()
    {
        if (!_made || Directory.EnumerateFileSystemEntries(Path).Any(e => e != Recipe && e != Tokenizer && !IsEmptyFolder(e))) return;
        Directory.Delete(Path, recursive: true);
    }

    // The folder of checkpoints of which not even the first could be written.
    static bool IsEmptyFolder(string path) => Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any();

    public static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    // Only one of two trainings that start together can rename its folder to a name.
    static string Numbered(string run)
    {
        string root = Directory.CreateDirectory("runs").FullName;
        string unnamed = System.IO.Path.Combine(root, $".{run}.{System.IO.Path.GetRandomFileName()}");
        Directory.CreateDirectory(unnamed);
        for (int number = 1; ; number++)
        {
            string name = System.IO.Path.Combine(root, $"{run}-{number}");
            if (System.IO.Path.Exists(name)) continue;
            try
            {
                Directory.Move(unnamed, name);
                return System.IO.Path.Combine("runs", $"{run}-{number}");
            }
            catch (IOException) when (System.IO.Path.Exists(name))
            {
                // Somebody else was faster.
            }
        }
    }

    string File(string name) => System.IO.Path.Combine(Path, name);
}
