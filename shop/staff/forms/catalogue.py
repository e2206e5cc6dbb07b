"""Products, their variants, pictures and collections, in both languages."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from shop.accounts.rules import normalise_email
from shop.catalogue.models import (
    Collection,
    CollectionProduct,
    Option,
    OptionValue,
    Picture,
    Product,
    Variant,
    VariantValue,
)
from shop.catalogue.rules import EXCLUSIONS
from shop.core.forms import ShopForm, TextField, strip
from shop.core.personal_data import transient
from shop.staff.forms.fields import EurosField, whole_number

KINDS = {"goods": _l("Goods"), "service": _l("Service"), "download": _l("Download")}
VAT_CLASSES = {"standard": _l("High rate"), "reduced": _l("Low rate"), "zero": _l("Zero rate")}
WITHDRAWAL = {"": _l("Customers can withdraw")} | {code: texts[0] for code, texts in EXCLUSIONS.items()}
SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"

_NAME = _l("Fill in a name.")
_WHOLE = _l("Fill in a whole number.")
_SLUG = _l("Use small letters, digits and hyphens.")
MAX_PRICE = 100_000_000


def _choices(names: dict[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, name) for value, name in names.items()]


class TextBox(TextAreaField):
    """Several lines of text, without characters that print nothing."""

    def __init__(self, label: object = None, validators: object = None, **kwargs: object) -> None:
        super().__init__(label, validators, filters=[strip], **kwargs)


class ProductForm(ShopForm):
    """What staff writes about a product."""

    binds = {
        "name_nl": Product.name_nl,
        "name_en": Product.name_en,
        "summary_nl": Product.summary_nl,
        "summary_en": Product.summary_en,
        "description_nl": Product.description_nl,
        "description_en": Product.description_en,
        "warnings_nl": Product.warnings_nl,
        "warnings_en": Product.warnings_en,
        "maker_name": Product.maker_name,
        "maker_address": Product.maker_address,
        "maker_email": Product.maker_email,
        "kind": Product.kind,
        "vat_class": Product.vat_class,
        "withdrawal_exclusion": Product.withdrawal_exclusion,
        "is_featured": Product.is_featured,
        "rank": Product.rank,
        "slug": Product.slug,
    }

    name_nl = TextField(_l("Name in Dutch"), [InputRequired(_NAME), Length(max=120)])
    name_en = TextField(_l("Name in English"), [Optional(), Length(max=120)])
    summary_nl = TextField(_l("Short text in Dutch"), [Optional(), Length(max=200)])
    summary_en = TextField(_l("Short text in English"), [Optional(), Length(max=200)])
    description_nl = TextBox(_l("Description in Dutch"), [Optional(), Length(max=20_000)])
    description_en = TextBox(_l("Description in English"), [Optional(), Length(max=20_000)])
    warnings_nl = TextBox(_l("Warnings in Dutch"), [Optional(), Length(max=4_000)])
    warnings_en = TextBox(_l("Warnings in English"), [Optional(), Length(max=4_000)])
    maker_name = TextField(_l("Maker: name"), [Optional(), Length(max=120)])
    maker_address = TextField(_l("Maker: postal address"), [Optional(), Length(max=200)])
    maker_email = TextField(_l("Maker: e-mail address"), [Optional(), Length(max=254)])
    kind = SelectField(_l("Kind of product"), [InputRequired()], choices=_choices(KINDS))
    vat_class = SelectField(_l("VAT rate"), [InputRequired()], choices=_choices(VAT_CLASSES))
    withdrawal_exclusion = SelectField(_l("Withdrawal"), default="", choices=_choices(WITHDRAWAL))
    is_featured = BooleanField(_l("Show on the first page"))
    rank = whole_number(_l("Weight in lists"), [Optional()], low=-1_000_000, high=1_000_000, message=_WHOLE, default=0)
    slug = TextField(_l("Address of its page"), [Optional(), Length(max=80), Regexp(SLUG, message=_SLUG)])

    def validate_maker_email(self, field: Field) -> None:
        """Visitors must be able to reach the maker."""
        try:
            field.data = normalise_email(field.data)
        except ValueError:
            raise ValidationError(_("This is not an e-mail address; it looks like name@example.com.")) from None


class OptionForm(ShopForm):
    """Something to choose, with its choices one on a line."""

    binds = {"name_nl": Option.name_nl, "name_en": Option.name_en, "choices": OptionValue.name_nl}

    name_nl = TextField(_l("What is chosen, in Dutch"), [InputRequired(_NAME), Length(max=40)])
    name_en = TextField(_l("What is chosen, in English"), [Optional(), Length(max=40)])
    choices = TextBox(_l("Choices"), [InputRequired(_l("Fill in at least one choice.")), Length(max=2_000)])

    def pairs(self) -> list[tuple[str, str]]:
        """The choices in Dutch and English."""
        lines = [line.partition("=") for line in str(self.choices.data or "").splitlines() if line.strip()]
        return [(dutch.strip(), english.strip()) for dutch, _equals, english in lines]

    def validate_choices(self, field: Field) -> None:
        """Each choice fits its column, and none comes twice."""
        pairs = self.pairs()
        names = [dutch for dutch, _english in pairs]
        if not all(names) or any(len(part) > 40 for pair in pairs for part in pair) or len(pairs) > 50:
            raise ValidationError(_("One choice on a line, of at most 40 signs, such as: zand = sand"))
        if len(set(names)) < len(names):
            raise ValidationError(_("This choice is there twice."))


class VariantForm(ShopForm):
    """What is really sold: article number, price, stock, weight."""

    binds = {
        "sku": Variant.sku,
        "label_nl": Variant.label_nl,
        "label_en": Variant.label_en,
        "price": Variant.price_cents,
        "stock": Variant.stock,
        "seen": transient("compared with the stock that there is by now"),
        "weight": Variant.weight_grams,
        "position": Variant.position,
        "is_active": Variant.is_active,
        "chosen": VariantValue.value_id,
    }

    sku = TextField(
        _l("Article number"),
        [
            InputRequired(_l("Fill in an article number.")),
            Length(max=40),
            Regexp(r"^[A-Za-z0-9._/-]+$", message=_l("Use letters, digits, hyphens, points and slashes.")),
        ],
    )
    label_nl = TextField(_l("Variant in Dutch"), [Optional(), Length(max=120)])
    label_en = TextField(_l("Variant in English"), [Optional(), Length(max=120)])
    price = EurosField(_l("Price (euros)"), [InputRequired(_l("Fill in a price."))])
    stock = whole_number(_l("Stock"), [Optional()], low=0, high=1_000_000, message=_WHOLE)
    seen = whole_number("", [Optional()], low=0, high=2**31 - 1, message=_WHOLE, widget=HiddenInput())
    weight = whole_number(_l("Weight (grams)"), [Optional()], low=0, high=1_000_000, message=_WHOLE, default=0)
    position = whole_number(_l("Place in the list"), [Optional()], low=0, high=999, message=_WHOLE, default=0)
    is_active = BooleanField(_l("For sale"), default=True)
    chosen = SelectMultipleField(
        _l("Choices"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def validate_price(self, field: Field) -> None:
        """Refuse what the catalogue cannot hold."""
        if field.data is not None and field.data > MAX_PRICE:
            raise ValidationError(_("This price is too high to be right."))


class StockForm(ShopForm):
    """How many pieces were counted, and how many the counter saw on the screen."""

    binds = {"stock": Variant.stock, "seen": transient("compared with the stock that there is by now")}

    stock = whole_number(_l("Stock"), [InputRequired(_WHOLE)], low=0, high=1_000_000, message=_WHOLE)
    seen = whole_number("", [Optional()], low=0, high=2**31 - 1, message=_WHOLE, widget=HiddenInput())


class PictureForm(ShopForm):
    """A picture, with its text for who cannot see it."""

    binds = {"file": Picture.key, "alt_nl": Picture.alt_nl, "alt_en": Picture.alt_en}

    file = FileField(_l("Picture"), [FileRequired(_l("Choose a picture."))])
    alt_nl = TextField(
        _l("What is seen, in Dutch"), [InputRequired(_l("Say what is seen in the picture.")), Length(max=200)]
    )
    alt_en = TextField(_l("What is seen, in English"), [Optional(), Length(max=200)])


class DownloadForm(ShopForm):
    """The file that buyers of a download get."""

    binds = {"pdf": Product.download_key}

    pdf = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class DescribePictureForm(ShopForm):
    """A picture's text, and its place among the others."""

    binds = {"alt_nl": Picture.alt_nl, "alt_en": Picture.alt_en, "position": Picture.position}

    alt_nl = TextField(
        _l("What is seen, in Dutch"), [InputRequired(_l("Say what is seen in the picture.")), Length(max=200)]
    )
    alt_en = TextField(_l("What is seen, in English"), [Optional(), Length(max=200)])
    position = whole_number(_l("Place in the list"), [Optional()], low=1, high=999, message=_WHOLE, default=1)


class ProductCollectionsForm(ShopForm):
    """In which collections a product stands."""

    binds = {"collections": CollectionProduct.collection_id}

    collections = SelectMultipleField(
        _l("Collections"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class CollectionForm(ShopForm):
    """What staff writes about a collection."""

    binds = {
        "name_nl": Collection.name_nl,
        "name_en": Collection.name_en,
        "description_nl": Collection.description_nl,
        "description_en": Collection.description_en,
        "position": Collection.position,
        "is_published": Collection.is_published,
        "slug": Collection.slug,
        "picture": Collection.picture_key,
    }

    name_nl = TextField(_l("Name in Dutch"), [InputRequired(_NAME), Length(max=80)])
    name_en = TextField(_l("Name in English"), [Optional(), Length(max=80)])
    description_nl = TextField(_l("Description in Dutch"), [Optional(), Length(max=400)])
    description_en = TextField(_l("Description in English"), [Optional(), Length(max=400)])
    position = whole_number(_l("Place in the list"), [Optional()], low=0, high=999, message=_WHOLE, default=0)
    is_published = BooleanField(_l("Visitors see this"), default=True)
    slug = TextField(_l("Address of its page"), [Optional(), Length(max=80), Regexp(SLUG, message=_SLUG)])
    picture = FileField(_l("Picture"), [Optional()])
