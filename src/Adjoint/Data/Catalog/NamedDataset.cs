using System.Security.Cryptography;
using Adjoint.Formats;

namespace Adjoint.Data;

/// <summary>A data set of the <see cref="Catalog"/>: finds its files, downloads what is missing, checks and reads them.</summary>
public sealed class NamedDataset
{
    readonly int _classes;
    readonly string _hint;
    readonly Func<IReadOnlyList<(Stream Stream, string Path)>, (Tensor Inputs, Tensor Labels)> _read;

    internal NamedDataset(string name, int classes, string hint, Func<IReadOnlyList<(Stream Stream, string Path)>, (Tensor Inputs, Tensor Labels)> read) =>
        (Name, _classes, _hint, _read) = (name, classes, hint, read);

    /// <summary>Its name, which is also that of its folder.</summary>
    public string Name { get; }

    /// <summary>What the labels mean.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Where files are looked for when no folder is given, in this order.</summary>
    public IReadOnlyList<string> Folders => [.. Environment("ADJOINT_DATA") is { Length: > 0 } data ? [Path.Combine(data, Name)] : Array.Empty<string>(), CacheFolder, .. SystemFolders];

    /// <summary>Where downloads go.</summary>
    public string CacheFolder => Path.Combine(CacheRoot(), "adjoint", Name);

    internal IReadOnlyList<CatalogFile> Train { get; init; } = [];
    internal IReadOnlyList<CatalogFile> Test { get; init; } = [];
    internal IReadOnlyList<string> SystemFolders { get; init; } = [];
    internal Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;
    internal Func<HttpMessageHandler> Http { get; init; } = () => new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) };

    /// <summary>Reads a part from files that are there already.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="folder">A folder to look in first.</param>
    /// <param name="verify">Whether the contents must have the known SHA-256; off for data of one's own in the same format.</param>
    /// <exception cref="FileNotFoundException">A file is nowhere; the sentence names it, the folders, and where to get it.</exception>
    /// <exception cref="FormatException">A file is damaged, or is not this data set's.</exception>
    /// <exception cref="DataException">A label is outside the classes.</exception>
    public TensorDataset Load(Part part, string? folder = null, bool verify = true)
    {
        string[] folders = [.. Search(folder)];
        return Read([.. Files(part).Select(file => (file, file.Find(folders) ?? throw Missing(file, folders, null)))], verify);
    }

    /// <summary>Reads a part; downloads into <see cref="CacheFolder"/> what is nowhere.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="folder">A folder to look in first.</param>
    /// <param name="progress">Told about downloads.</param>
    /// <param name="cancellation">Ends a download; nothing half-written stays.</param>
    /// <inheritdoc cref="Load" path="/exception"/>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<TensorDataset> LoadAsync(Part part, string? folder = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        string[] folders = [.. Search(folder)];
        using var downloads = new Downloads(Http(), CacheFolder, [.. Train, .. Test], progress);
        foreach (CatalogFile file in Files(part))
        {
            if (file.Find(folders) is not null) continue;
            string? reason = await downloads.Fetch(file, cancellation).ConfigureAwait(false);
            if (reason is not null) throw Missing(file, folders, reason);
        }

        return await Task.Run(() => Load(part, folder), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    IReadOnlyList<CatalogFile> Files(Part part) => part == Part.Train ? Train : Test;

    IEnumerable<string> Search(string? folder) => folder is null ? Folders : [folder, Path.Combine(folder, Name), .. Folders];

    TensorDataset Read(IReadOnlyList<(CatalogFile File, string Path)> files, bool verify)
    {
        using Scope scope = Scope.Begin(Name);
        var opened = new List<(CatalogFile File, string Path, SHA256 Hash, CryptoStream Stream)>();
        try
        {
            foreach ((CatalogFile file, string path) in files)
            {
                var hash = SHA256.Create();
                opened.Add((file, path, hash, new(Compressed.Open(path), hash, CryptoStreamMode.Read)));
            }

            (Tensor inputs, Tensor labels) = _read([.. opened.Select(o => ((Stream)o.Stream, o.Path))]);
            foreach ((CatalogFile file, string path, SHA256 hash, _) in opened)
            {
                string found = Convert.ToHexStringLower(hash.Hash!);
                if (verify && found != file.Sha256) throw new FormatException($"{Name}: the contents of {file.Name} must have SHA-256 {file.Sha256}, but those of {path.Quoted()} have {found}. Hint: delete the file, or pass verify: false if it is data of your own.");
            }

            return TensorDataset.Classification(inputs, labels, _classes);
        }
        finally
        {
            foreach ((_, _, SHA256 hash, CryptoStream stream) in opened)
            {
                stream.Dispose();
                hash.Dispose();
            }
        }
    }

    FileNotFoundException Missing(CatalogFile file, IReadOnlyList<string> folders, string? reason) => new(
        $"{Name}: the file {file.Name} must be in a folder that is searched, but it is in none of {string.Join(", ", folders.Select(f => f.Quoted()))}{(reason is null ? "" : $" and could not be downloaded: {reason}")}. Hint: {_hint}; put them into {CacheFolder}, or set ADJOINT_DATA.", file.Name);

    string CacheRoot()
    {
        if (Environment("XDG_CACHE_HOME") is { Length: > 0 } cache) return cache;
        return OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            ? System.Environment.GetFolderPath(System.Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".cache");
    }
}
