namespace Adjoint.Optim;

/// <summary>How far <see cref="Lbfgs"/> goes along a direction.</summary>
public enum LineSearch
{
    /// <summary>The learning rate's length, whatever comes.</summary>
    None,

    /// <summary>As far as the strong Wolfe conditions allow: enough less loss, and a slope that has become flat enough.</summary>
    StrongWolfe,
}
