using Adjoint.Models;
using Adjoint.Nn;

namespace Adjoint.Language;

/// <summary>A text under way: the tokens that the model sees, and what it has made of them already.</summary>
/// <remarks>
/// <para>With an <see cref="IDecoder"/> every token is computed once; any other model from ids [B, T] to scores [B, T, V] computes all of
/// them for every new one.</para>
/// <para>When the context is full, the oldest half is dropped: the newest Context/2 tokens stay, behind <see cref="PretrainedModel.Bos"/>
/// where the text begins with it, and are computed once more, at their new positions. So a text may go on for ever, and the model
/// forgets its beginning.</para>
/// </remarks>
/// <example><code>
/// var text = new Continuation(model);
/// text.Append(model.Tokenizer!.Encode("Once upon a time"));
/// int next = sampling.Choose(text.Scores(), text.Window, random);
/// </code></example>
public sealed class Continuation
{
    // So much of a long prompt at once: what lies between the layers of a whole context would take many times the memory of the cache.
    const int Piece = 256;

    readonly PretrainedModel _model;
    readonly IDecoder? _decoder;
    readonly List<int> _window = [];
    KeyValueCache? _cache;
    float[] _scores = [];
    int _vocabulary, _scored;

    /// <summary>Begins a text with <see cref="PretrainedModel.Bos"/>, where there is one.</summary>
    /// <param name="model">The model, which is switched to evaluation.</param>
    /// <exception cref="ArgumentException">The model's context is less than 1.</exception>
    public Continuation(PretrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Context < 1) throw new ArgumentException($"generate: the context must be at least 1 token, but it is {model.Context}.");
        (_model, _decoder) = (model, model.Model as IDecoder);
        model.Model.Eval();
        if (model.Bos is { } bos) Append(bos);
    }

    /// <summary>The tokens that the model sees.</summary>
    public IReadOnlyList<int> Window => _window;

    /// <summary>The number of tokens so far, also of those that the model does not see any more.</summary>
    public long Length { get; private set; }

    /// <summary>Goes on with tokens; they are computed when scores are wanted.</summary>
    public void Append(params IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (int id in ids)
        {
            if (_window.Count == _model.Context) Slide();
            _window.Add(id);
            Length++;
        }
    }

    /// <summary>The scores of the token after the last, valid until the next call.</summary>
    /// <exception cref="ArgumentException">There is no token yet.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A token is not one of the model's.</exception>
    public ReadOnlySpan<float> Scores()
    {
        if (_window.Count == 0) throw new ArgumentException("generate: a text must begin with a token, but there is none, and the model has no token that texts begin with. Hint: give a prompt.");
        if (_scored == _window.Count) return _scores.AsSpan(0, _vocabulary);
        using NoGrad off = NoGrad.Scope();
        if (_decoder is null) Take(() => _model.Model.Call(Ids(0, _window.Count))[.., -1]);
        else
        {
            _cache ??= _decoder.Cache();
            while (_cache.Length < _window.Count)
            {
                int from = (int)_cache.Length, to = Math.Min(from + Piece, _window.Count);
                Take(() => _decoder.Next(Ids(from, to), _cache));
            }
        }

        _scored = _window.Count;
        return _scores.AsSpan(0, _vocabulary);
    }

    void Slide()
    {
        int newest = (int)(_model.Context / 2), bos = _window[0] == _model.Bos && newest + 1 < _model.Context ? 1 : 0;
        _window.RemoveRange(bos, _window.Count - bos - newest);
        _cache?.Truncate(0);
        _scored = 0;
    }

    Tensor Ids(int from, int to)
    {
        long[] ids = new long[to - from];
        for (int i = from; i < to; i++) ids[i - from] = _window[i];
        return Tensor.From(ids, [1, ids.Length]);
    }

    void Take(Func<Tensor> call)
    {
        using Scope scope = Scope.Begin("token");
        Tensor scores = call();
        if (scores.DType != DType.F32) scores = scores.To(DType.F32);
        _vocabulary = (int)scores.Elements;
        if (_scores.Length < _vocabulary) _scores = new float[_vocabulary];
        scores.CopyTo(_scores.AsSpan(0, _vocabulary));
    }
}
