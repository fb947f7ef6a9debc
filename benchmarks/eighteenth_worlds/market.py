"""The market: small trades with a terminal or a QR code, paid from wallets and cards, on two continents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Country:
    """A country of the market; `coin` is the smallest amount anybody asks for."""

    code: str
    currency: str
    per_dollar: float
    coin: float
    hours_from_utc: int
    tongue: str


@dataclass(frozen=True)
class Trade:
    """A trade: what a sale is worth in dollars, what goes wrong, and when people come."""

    name: str
    mcc: str
    share: float
    ticket: float
    sigma: float
    refunds: float
    disputes: float
    defaults: float
    from_phone: float
    """How often the buyer's own phone is known: QR and links, less where a card is put into a terminal."""
    hours: tuple[float, ...]


COUNTRIES: Final = (
    Country("NG", "NGN", 1500.0, 10.0, 1, "english"),
    Country("KE", "KES", 130.0, 1.0, 3, "english"),
    Country("GH", "GHS", 13.0, 0.5, 0, "english"),
    Country("TZ", "TZS", 2600.0, 50.0, 3, "english"),
    Country("UG", "UGX", 3700.0, 100.0, 3, "english"),
    Country("ZM", "ZMW", 26.0, 0.5, 2, "english"),
    Country("CI", "XOF", 600.0, 5.0, 0, "french"),
    Country("SN", "XOF", 600.0, 5.0, 0, "french"),
    Country("CM", "XAF", 600.0, 5.0, 1, "french"),
    Country("CO", "COP", 4100.0, 50.0, -5, "spanish"),
    Country("PE", "PEN", 3.7, 0.1, -5, "spanish"),
    Country("MX", "MXN", 18.5, 0.5, -6, "spanish"),
    Country("BO", "BOB", 6.9, 0.1, -4, "spanish"),
    Country("BR", "BRL", 5.5, 0.05, -3, "portuguese"),
)

TRADES: Final = (
    Trade("grocer", "5411", 16, 5, 0.8, 0.006, 0.001, 0.008, 0.5, (9.0, 13.0, 18.0)),
    Trade("kiosk", "5499", 18, 2, 0.7, 0.003, 0.001, 0.010, 0.7, (7.5, 12.5, 19.0)),
    Trade("food", "5814", 14, 3, 0.6, 0.004, 0.001, 0.005, 0.6, (8.0, 13.0, 19.5)),
    Trade("pharmacy", "5912", 5, 7, 0.9, 0.008, 0.001, 0.006, 0.4, (10.0, 17.0)),
    Trade("airtime", "4814", 7, 1.5, 0.9, 0.004, 0.003, 0.012, 0.8, (8.0, 14.0, 20.5)),
    Trade("agent", "6051", 8, 18, 1.1, 0.004, 0.003, 0.004, 0.8, (9.0, 12.0, 16.0)),
    Trade("fuel", "5541", 3, 9, 0.7, 0.003, 0.002, 0.006, 0.3, (7.0, 17.5)),
    Trade("electronics", "5732", 5, 60, 0.9, 0.030, 0.006, 0.030, 0.6, (11.0, 16.0)),
    Trade("clothes", "5651", 6, 16, 0.8, 0.035, 0.004, 0.018, 0.6, (11.0, 17.0)),
    Trade("salon", "7230", 5, 8, 0.6, 0.005, 0.001, 0.006, 0.5, (11.0, 16.5)),
    Trade("ride", "4121", 5, 2.5, 0.6, 0.006, 0.002, 0.004, 0.9, (7.5, 13.0, 18.5, 22.0)),
    Trade("building", "5211", 3, 45, 1.0, 0.015, 0.002, 0.025, 0.4, (8.5, 14.0)),
    Trade("school", "8211", 1, 70, 0.7, 0.006, 0.001, 0.030, 0.6, (9.0, 12.0)),
    Trade("guesthouse", "7011", 2, 32, 0.7, 0.030, 0.006, 0.008, 0.5, (12.0, 19.0)),
    Trade("distributor", "5122", 3, 90, 0.9, 0.012, 0.002, 0.025, 0.7, (8.0, 11.0)),
    Trade("online", "5999", 6, 20, 0.9, 0.045, 0.012, 0.022, 0.95, (10.0, 15.0, 21.0)),
    Trade("garage", "7542", 3, 28, 1.0, 0.010, 0.003, 0.015, 0.4, (9.0, 15.0)),
)
NUMBER_OF: Final = {trade.name: number for number, trade in enumerate(TRADES)}

FIRST_WORDS: Final = {
    "english": "Blessed Mama Grace Royal Unity Baraka Sunrise Chidi Wanjiku Kofi Akosua Otieno Neema Juma "
    "Peace Divine Lucky Zuri Amani Golden Mercy Victory Savannah Lakeside Hilltop Emeka Ngozi Tendai",
    "french": "Chez Awa Fatou Koffi Adjoua Moussa Espoir Teranga Baobab Soleil Aminata Yao Mbaye Ndiaye "
    "Grace Palmier Lagune Paix Étoile Diallo Mariam Konan Ekambi Bonheur Nouvelle Saveur Dakar Maquis",
    "spanish": "Doña Rosa Don Julio San Martín La Esperanza Los Andes El Sol Mariposa Virgen Quispe Mamani "
    "Gómez Lupita El Rincón Santa Fe La Bendición Luna Nueva Pacífico Cóndor Chávez Estrella Tres Hermanos",
    "portuguese": "São Jorge Dona Maria Ipê Sabor Mineiro Silva Nordeste Bom Preço Estrela Aparecida Souza "
    "Tropical Recanto Família Santos Novo Horizonte Beira Rio Lima Oliveira Pérola Sertão Amizade Sol",
}
SECOND_WORDS: Final = {
    "english": "Stores Ventures Enterprises Traders Corner Point Mart Hub Services Supplies Investments Shop",
    "french": "Boutique Commerce Établissements Services Marché Distribution Comptoir Négoce Maison Kiosque",
    "spanish": "Tienda Bodega Comercial Abarrotes Variedades Servicios Distribuidora Puesto Negocios Casa",
    "portuguese": "Mercadinho Comércio Loja Distribuidora Serviços Empório Armazém Banca Ponto Casa",
}
FORMS: Final = {
    "english": ("Ltd", "Limited", "Enterprise"),
    "french": ("SARL", "SUARL", "ETS"),
    "spanish": ("SAS", "SRL", "SA de CV", "EIRL"),
    "portuguese": ("LTDA", "ME", "MEI"),
}
