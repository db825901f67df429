namespace Adjoint.Data;

/// <summary>A file of a named data set.</summary>
/// <param name="Names">What it is called, the usual name first; each may also end in .gz.</param>
/// <param name="Bytes">Its size, decompressed.</param>
/// <param name="Sha256">The hash of its decompressed contents, so that plain and gzipped copies of any compressor are told to be right.</param>
/// <param name="Urls">Where it can be downloaded; an address ending in .tar.gz is an archive that holds it.</param>
internal sealed record CatalogFile(IReadOnlyList<string> Names, long Bytes, string Sha256, IReadOnlyList<string> Urls)
{
    public string Name => Names[0];

    /// <summary>The first of the folders' files that has one of the names, or null.</summary>
    public string? Find(IEnumerable<string> folders) => folders
        .SelectMany(folder => Names.SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".gz") }))
        .FirstOrDefault(File.Exists);
}
